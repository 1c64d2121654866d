# shellcheck shell=bash
# To be sourced: lets `cargo lambda build`, and with it `sam build`, make the same program anywhere.
#
# The program is built for the oldest x86-64 processor and linked against glibc 2.17, the oldest
# that Rust supports, so it runs on any x86-64 image of either platform. What is faster on newer
# processors is chosen as it runs. Without this file, `cargo lambda build` takes a processor with
# AVX2 and a newer glibc: right for Lambda, not known to be right for FunctionGraph.

build_scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build_root=$(cd "$build_scripts/../../.." && pwd)
build_target=${CARGO_TARGET_DIR:-$build_root/target}
# shellcheck disable=SC2034  # for package.sh
build_glibc=2.17

export CARGO_LAMBDA_GLOBAL=$build_scripts/cargo-lambda.toml
# Messages of panics name source files: without the last three, by their paths on this machine.
export RUSTFLAGS="-C target-cpu=x86-64 \
--remap-path-prefix=$build_root=/source \
--remap-path-prefix=$build_target=/target \
--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
