#!/usr/bin/env bash
# Builds the program for Linux and packages it; one zip serves both platforms.
#
#     functions/upload-file-stream/scripts/package.sh [x86_64|arm64]...      the default is x86_64
#
# Needs cargo, make, binutils, Python 3, cargo-lambda and Zopfli (pip install cargo-lambda zopfli, which also
# installs zig); no Docker. For an architecture that is not this machine's, also its standard library (rustup target
# add aarch64-unknown-linux-gnu). The same source and tool versions produce the same bytes in any folder.
set -euo pipefail

(($#)) || set -- x86_64

# Compiling takes minutes, so look for all tools before that.
missing=()
for tool in cargo make readelf python3 cargo-lambda; do
    command -v "$tool" > /dev/null || missing+=("$tool")
done
if command -v python3 > /dev/null; then
    python3 -c 'import zopfli.zlib' 2> /dev/null || missing+=(zopfli)
fi
if ((${#missing[@]})); then
    echo "package.sh needs these tools, which are not installed: ${missing[*]}" >&2
    echo 'cargo-lambda and zopfli: pip install cargo-lambda zopfli; readelf: the package binutils' >&2
    exit 1
fi

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
