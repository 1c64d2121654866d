#!/usr/bin/env bash
# Builds the program for x86-64 Linux and packages it for both platforms.
#
#     functions/upload-file-stream/scripts/package.sh
#
# Needs cargo, cargo-lambda (pip install cargo-lambda brings zig along) and Python 3; no Docker. The
# program is linked against glibc 2.17, the oldest that Rust supports: every image of either
# platform has that or a newer one. The same source gives the same bytes, whatever folder it is in.
set -euo pipefail

root=$(cd "$(dirname "$0")/../../.." && pwd)
scripts=$root/functions/upload-file-stream/scripts
target=${CARGO_TARGET_DIR:-$root/target}
glibc=2.17

cd "$root"
# Panic messages name source files: without this, their paths would be this machine's.
export RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=$root=/source --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo --remap-path-prefix=$target=/target"
cargo lambda build --locked --release --package upload-file-stream --bin bootstrap \
    --target "x86_64-unknown-linux-gnu.$glibc"
bootstrap=$target/lambda/bootstrap/bootstrap
"$scripts/check-binary.sh" "$bootstrap" "$glibc"

mkdir -p "$target/package"
for platform in functiongraph lambda; do
    python3 "$scripts/make_zip.py" "$bootstrap" "$target/package/upload-file-stream-$platform.zip"
done
