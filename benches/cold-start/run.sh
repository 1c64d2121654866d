#!/usr/bin/env bash
# Measures exec to first HTTPS answer of a built bootstrap against a bare client.
#
#     benches/cold-start/run.sh BOOTSTRAP [RUNS]
#
# Needs cargo and openssl. Certificates are created for the measurement and deleted afterwards. Results:
# docs/performance.md.
set -euo pipefail

bootstrap=$(realpath "$1")
runs=${2:-100}
project=$(cd "$(dirname "$0")" && pwd)
target=${CARGO_TARGET_DIR:-$project/../../target}/cold-start
folder=$(mktemp --directory)
trap 'rm -rf "$folder"' EXIT

cargo build --quiet --locked --release --manifest-path "$project/Cargo.toml" --target-dir "$target"

cd "$folder"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 \
    -subj '/CN=throw-away CA' -keyout ca.key -out ca.pem 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -subj '/CN=upstream' -keyout server.key -out server.csr 2>/dev/null
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -out server.pem \
    -extfile <(echo 'subjectAltName=IP:127.0.0.1') 2>/dev/null
cp "$project/../../functions/upload-file-stream/events/http-api-v2.json" event.json
python3 -c 'import json; print(json.load(open("event.json"))["body"], end="")' > body.json

"$target/release/cold-start" "$bootstrap" "$target/release/bare" "$folder" "$runs"
