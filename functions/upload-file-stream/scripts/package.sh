#!/usr/bin/env bash
# Builds the program for x86-64 Linux and packages it for both platforms.
#
#     functions/upload-file-stream/scripts/package.sh
#
# Needs cargo, Python 3, cargo-lambda and Zopfli (pip install cargo-lambda zopfli, which brings zig
# along); no Docker. The same source and tools give the same bytes, whatever folder they are in.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/build-environment.sh"

cd "$build_root"
cargo lambda build --locked --release --package upload-file-stream --bin bootstrap
bootstrap=$build_target/lambda/bootstrap/bootstrap
"$build_scripts/check-binary.sh" "$bootstrap" "$build_glibc"

mkdir -p "$build_target/package"
python3 "$build_scripts/make_zip.py" "$bootstrap" \
    "$build_target/package/upload-file-stream-functiongraph.zip" \
    "$build_target/package/upload-file-stream-lambda.zip"
