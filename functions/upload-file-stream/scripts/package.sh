#!/usr/bin/env bash
# Builds the program for x86-64 Linux and packages it for both platforms.
#
#     functions/upload-file-stream/scripts/package.sh
#
# Needs cargo, cargo-lambda (pip install cargo-lambda brings zig along) and Python 3; no Docker. The
# program is linked against glibc 2.17, the oldest that Rust supports, so it runs on any image of
# either platform, and for the oldest x86-64 processor; what is faster on newer ones is chosen as it
# runs. The same source and tools give the same bytes, whatever folder they are in.
set -euo pipefail

root=$(cd "$(dirname "$0")/../../.." && pwd)
scripts=$root/functions/upload-file-stream/scripts
target=${CARGO_TARGET_DIR:-$root/target}
glibc=2.17

cd "$root"
# Messages of panics name source files: without these flags, by their paths on this machine.
export RUSTFLAGS="-C target-cpu=x86-64 \
--remap-path-prefix=$root=/source \
--remap-path-prefix=$target=/target \
--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
cargo lambda build --locked --release --package upload-file-stream --bin bootstrap \
    --target "x86_64-unknown-linux-gnu.$glibc"
bootstrap=$target/lambda/bootstrap/bootstrap
"$scripts/check-binary.sh" "$bootstrap" "$glibc"

mkdir -p "$target/package"
for platform in functiongraph lambda; do
    python3 "$scripts/make_zip.py" "$bootstrap" "$target/package/upload-file-stream-$platform.zip"
done
