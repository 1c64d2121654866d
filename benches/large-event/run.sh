#!/usr/bin/env bash
# Compares the CPU time and memory of a built bootstrap on a 5.8 MB event with those of a plain lambda_http
# program.
#
#     benches/large-event/run.sh BOOTSTRAP [INVOCATIONS]
#
# Needs cargo and Linux. Results: docs/performance.md.
set -euo pipefail

bootstrap=$(realpath "$1")
invocations=${2:-200}
project=$(cd "$(dirname "$0")" && pwd)
target=${CARGO_TARGET_DIR:-$project/../../target}/large-event

cargo build --quiet --locked --release --manifest-path "$project/Cargo.toml" --target-dir "$target"

"$target/release/large-event" "$bootstrap" "$target/release/plain" \
    "$project/../../functions/upload-file-stream/events/http-api-v2.json" "$invocations"
