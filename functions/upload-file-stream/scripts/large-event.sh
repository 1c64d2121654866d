#!/usr/bin/env bash
# Measures the processor time and memory that a 5.8 MB event takes: a built bootstrap against a plain
# lambda_http program.
#
#     large-event.sh BOOTSTRAP [INVOCATIONS]
#
# Needs cargo and Linux. The figures and what they mean: docs/large-event.md.
set -euo pipefail

bootstrap=$(realpath "$1")
invocations=${2:-200}
scripts=$(cd "$(dirname "$0")" && pwd)
project=$scripts/large-event
target=${CARGO_TARGET_DIR:-$scripts/../../../target}/large-event

cargo build --quiet --locked --release --manifest-path "$project/Cargo.toml" --target-dir "$target"

"$target/release/large-event" "$bootstrap" "$target/release/plain" \
    "$scripts/../events/http-api-v2.json" "$invocations"
