# shellcheck shell=bash
# Makes `cargo lambda build`, and therefore `sam build`, build the same program on any machine. Source it in bash:
#
#     source build-environment.sh [x86_64|arm64]      the default is x86_64
#
# The program is built for the oldest processor of its architecture and linked against glibc 2.17, the oldest that
# Rust supports, so that it runs on any image of either platform. It detects newer processors' instructions at run
# time. Without this file, `cargo lambda build` requires a newer processor (AVX2 on x86-64) and a newer glibc. Lambda
# has both; for FunctionGraph it is unknown.

# Other shells have no BASH_SOURCE, so the paths below would be wrong.
if [ -z "${BASH_VERSION-}" ]; then
    echo 'build-environment.sh requires bash; run bash first' >&2
    return 1
fi

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
        # The largest memory pages of arm64 systems, 64 KiB. An allocator that is built for smaller pages does
        # not run there; the reverse works.
        export JEMALLOC_SYS_WITH_LG_PAGE=16
        ;;
    *)
        echo "the architecture must be x86_64 or arm64, not $build_architecture" >&2
        return 2
        ;;
esac

export CARGO_LAMBDA_GLOBAL=$build_scripts/cargo-lambda-$build_architecture.toml
# Panic messages contain paths of source files. The last three options remove this machine's folders from them.
export RUSTFLAGS="-C target-cpu=$build_processor \
--remap-path-prefix=$build_root=/source \
--remap-path-prefix=$build_target=/target \
--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
