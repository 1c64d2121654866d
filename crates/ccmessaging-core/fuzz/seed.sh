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

# The JSON bodies and the texts of a few samples, in the forms in which clients send them. A text
# follows the offset and the length of a read (3 and 64 bytes).
read='\003\000\100\000'
mkdir -p corpus/request corpus/base64
for file in rgb.png utf-8.txt bmi.csv baseline.jpg; do
    text=$(base64 < "$samples/$file" | tr -d '\n')
    escaped=$(printf %s "$text" | sed 's,/,\\/,g')
    type=${file##*.}
    number=0
    lines=$(base64 < "$samples/$file" | sed 's,$,\\n,' | tr -d '\n')
    for stream in "$text" "$escaped" "$lines" "data:;base64,$text"; do
        number=$((number + 1))
        printf '{"fileType":"%s","fileStream":"%s","channel":"WEB"}' "$type" "$stream" > "corpus/request/$file-$number"
    done
    printf "$read%s" "$text" > "corpus/base64/$file"
    printf "$read%s" "$(printf %s "$text" | tr '+/' '-_' | tr -d =)" > "corpus/base64/$file-url-safe"
    { printf "$read"; base64 < "$samples/$file"; } > "corpus/base64/$file-lines"
done

# Files to remove metadata from, behind a byte for the type and the level.
mkdir -p corpus/metadata
number=0
for extension in jpg png mp4; do
    for file in "$samples"/*."$extension"; do
        for level in 0 1; do
            { printf "\\00$((number + level))"; cat "$file"; } > "corpus/metadata/$level-${file##*/}"
        done
    done
    number=$((number + 2))
done

# Files to convert, prefixed with the conversion.
mkdir -p corpus/convert
{ printf '\000'; cat "$samples/refused/mov.mp4"; } > corpus/convert/mov
{ printf '\001'; cat "$samples/refused/m4a.aac"; } > corpus/convert/m4a
{ printf '\001'; cat "$samples/fragmented.mp4"; } > corpus/convert/fragmented

# One request and one response of each call of the chat.
mkdir -p corpus/chat
ids='"from":"42","to":"c","sourceType":"CUSTOMER","channel":"WEB"'
printf '{%s,"controlType":"CHAT","mediaType":"TEXT","content":"hello"}' "$ids" > corpus/chat/text
printf '{%s,"controlType":"CHAT","mediaType":"FILE","content":"a.csv,9,b6ed,csv"}' "$ids" > corpus/chat/file
printf 'receiverId=4%%202&channel=WEB&isNeedRead=true' > corpus/chat/poll
printf '{"channelId":"c","userId":"42","limit":10,"offset":"0","channel":"WEB","startTime":1}' > corpus/chat/history
printf '{"fileId":"local/b6ed","channel":"WEB","fileType":"pdf"}' > corpus/chat/local
printf '{"fileId":"b6ed","channel":"WEB","fileType":"jpg","multiMedia":"multiMedia"}' > corpus/chat/library
printf '{"resultCode":"0","resultDesc":"ok","fileStream":"aGVsbG8=","fileUrl":"x"}' > corpus/chat/downloaded
message='{"content":"b6ed","mediaType":"IMAGE","contentType":"1","mediaFileType":"png","timestamp":"1"}'
printf '{"resultCode":"0","downlinkMessages":[%s]}' "$message" > corpus/chat/polled
printf '{"resultCode":0,"messageList":[%s]}' "$message" > corpus/chat/queried
