#!/bin/sh
# Fills each file type target's corpus with the sample files of its family.
set -eu
cd "$(dirname "$0")"
samples=../../../tests/samples

seed() {
    target=$1
    shift
    mkdir -p "corpus/$target"
    for extension in "$@"; do
        cp "$samples"/*."$extension" "$samples"/refused/*."$extension" "corpus/$target/"
    done
}

seed jpg jpg
seed png png
seed bmp bmp
seed mpeg_audio mp3 aac
seed mp4 mp4
seed text txt csv
