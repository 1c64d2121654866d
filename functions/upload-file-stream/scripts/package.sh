#!/usr/bin/env bash
# Builds the program for Linux and packages it; one zip serves both platforms.
#
#     functions/upload-file-stream/scripts/package.sh [x86_64|arm64]...      x86_64 if none is named
#
# Needs cargo, Python 3, cargo-lambda and Zopfli (pip install cargo-lambda zopfli, which brings zig
# along); no Docker. For an architecture that is not this machine's, also its standard library (rustup
# target add aarch64-unknown-linux-gnu). The same source and tools give the same bytes, whatever folder
# they are in.
set -euo pipefail

(($#)) || set -- x86_64
for architecture in "$@"; do
    # shellcheck source-path=SCRIPTDIR
    source "$(dirname "${BASH_SOURCE[0]}")/build-environment.sh" "$architecture"
    folder=$build_target/lambda
    [[ $architecture == x86_64 ]] || folder+=-$architecture
    (cd "$build_root" && cargo lambda build --locked --release --package upload-file-stream --bin bootstrap \
        --lambda-dir "$folder")
    "$build_scripts/check-binary.sh" "$folder/bootstrap/bootstrap" "$build_glibc"
    mkdir -p "$build_target/package"
    python3 "$build_scripts/make_zip.py" "$folder/bootstrap/bootstrap" \
        "$build_target/package/upload-file-stream-$architecture.zip"
done
