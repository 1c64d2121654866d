# shellcheck shell=bash
# To be sourced: lets `cargo lambda build`, and with it `sam build`, make the same program anywhere.
#
#     source build-environment.sh [x86_64|arm64]      x86_64 if it is left out
#
# The program is built for the oldest processor of its kind and linked against glibc 2.17, the oldest
# that Rust supports, so it runs on any image of either platform. What is faster on newer processors is
# chosen as it runs. Without this file, `cargo lambda build` takes a newer processor (on x86-64 one with
# AVX2) and a newer glibc: right for Lambda, not known to be right for FunctionGraph.

build_scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build_root=$(cd "$build_scripts/../../.." && pwd)
build_target=$(realpath -m "${CARGO_TARGET_DIR:-$build_root/target}")
# shellcheck disable=SC2034  # for package.sh
build_glibc=2.17
build_architecture=${1:-x86_64}
case $build_architecture in
    x86_64)
        build_triple=x86_64-unknown-linux-gnu
        build_processor=x86-64
        ;;
    arm64)
        # shellcheck disable=SC2034  # for package.sh and the container image
        build_triple=aarch64-unknown-linux-gnu
        build_processor=generic
        # The allocator is built for the largest memory pages that arm64 systems have, 64 KiB: it runs where
        # they are smaller, and not where they are larger than it was built for.
        export JEMALLOC_SYS_WITH_LG_PAGE=16
        ;;
    *)
        echo "the architecture must be x86_64 or arm64, not $build_architecture" >&2
        return 2
        ;;
esac

export CARGO_LAMBDA_GLOBAL=$build_scripts/cargo-lambda-$build_architecture.toml
# Messages of panics name source files: without the last three, by their paths on this machine.
export RUSTFLAGS="-C target-cpu=$build_processor \
--remap-path-prefix=$build_root=/source \
--remap-path-prefix=$build_target=/target \
--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
