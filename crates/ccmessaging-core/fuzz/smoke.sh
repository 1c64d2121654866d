#!/bin/sh
# Runs every fuzz target for a while (10 seconds each unless told) from the seeds.
# A toolchain without cargo-fuzz: cargo install --locked cargo-fuzz
set -eu
cd "$(dirname "$0")"
seconds=${1:-10}
./seed.sh
# The sanitizers are switched on by unstable flags, which this lets a stable compiler take.
export RUSTC_BOOTSTRAP=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for target in fuzz_targets/*.rs; do
    name=$(basename "$target" .rs)
    echo "fuzz target $name for $seconds s"
    if ! cargo fuzz run "$name" -- -max_total_time="$seconds" -max_len=65536 > "$log" 2>&1; then
        tail -n 60 "$log"
        exit 1
    fi
    grep -E "^Done [0-9]+ runs" "$log"
done
