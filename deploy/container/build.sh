#!/usr/bin/env bash
# Builds the container image without Docker, as an OCI image layout with one image per architecture.
#
#     deploy/container/build.sh [x86_64|arm64]...      the default is x86_64
#
# Needs cargo, buildah, make, Python 3, and a C compiler with a static C library for each architecture (Debian: gcc and
# libc6-dev, or gcc-aarch64-linux-gnu and libc6-dev-arm64-cross). For an architecture that is not this
# machine's, also its standard library (rustup target add aarch64-unknown-linux-gnu). The same source and
# tools give the same digests.
set -euo pipefail

(($#)) || set -- x86_64
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=${CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER:-aarch64-linux-gnu-gcc}

# buildah stores everything in this folder.
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
store() {
    buildah --storage-driver vfs --root "$work/root" --runroot "$work/run" "$@"
}

version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
# Outside of a repository, the caller names the commit.
revision=${REVISION:-$(git rev-parse HEAD 2> /dev/null || echo unknown)}
store manifest create gateway > /dev/null
for architecture in "$@"; do
    # shellcheck source=functions/upload-file-stream/scripts/build-environment.sh
    source functions/upload-file-stream/scripts/build-environment.sh "$architecture"
    RUSTFLAGS="$RUSTFLAGS -C target-feature=+crt-static" cargo build --locked --release \
        --package upload-file-stream --bin bootstrap --target "$build_triple" --target-dir "$build_target/container"
    program=$build_target/container/$build_triple/release/bootstrap
    "$build_scripts/check-binary.sh" "$program" 0

    mkdir -p "$work/$architecture"
    install --mode=755 "$program" "$work/$architecture/bootstrap"
    case $architecture in
        x86_64) platform=linux/amd64 ;;
        arm64) platform=linux/arm64 ;;
    esac
    # The folder with the program replaces the Dockerfile's first stage. The timestamp makes the layers
    # reproducible. The log level hides a warning about the health check, which add_healthcheck.py adds.
    store --log-level error build --quiet --format oci --timestamp 0 --identity-label=false --platform "$platform" \
        --build-context "build=$work/$architecture" --build-arg "VERSION=$version" --build-arg "REVISION=$revision" \
        --file deploy/container/Dockerfile --manifest gateway "$work/$architecture" > /dev/null
done

layout=$build_target/container/image
rm -rf "$layout"
store manifest push --quiet --all gateway "oci:$layout:$version" > /dev/null
python3 "$here/add_healthcheck.py" "$layout"
echo "$layout: version $version for $*"
