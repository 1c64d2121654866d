#!/usr/bin/env bash
# Prints which glibc an executable needs; fails if that is newer than a limit.
#
#     check-binary.sh EXECUTABLE GLIBC_LIMIT      such as 2.34; 0 if it must be statically linked
#
# Amazon Linux 2023, on which Lambda's provided.al2023 is based, has glibc 2.34.
set -euo pipefail

executable=$1
limit=$2

# readelf, unlike objdump, reads executables for other processors too.
needed=$(readelf --dynamic --wide "$executable" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p')
if [[ -z $needed ]]; then
    echo "$executable: statically linked, needs no glibc"
    exit
fi
newest=$(readelf --version-info --wide "$executable" | grep -oE 'GLIBC_[0-9]+(\.[0-9]+)+' | sort --unique --version-sort | tail -n 1)
newest=${newest#GLIBC_}

# Neither platform guarantees shared libraries other than glibc's.
foreign=$(grep -vE '^(lib(c|dl|m|pthread|rt)\.so\.[0-9]+|ld-linux-x86-64\.so\.2|ld-linux-aarch64\.so\.1)$' <<<"$needed" || true)
if [[ -n $foreign ]]; then
    echo "$executable: needs shared libraries that are not glibc's: ${foreign//$'\n'/ }" >&2
    exit 1
fi
if [[ $(printf '%s\n' "$newest" "$limit" | sort --version-sort | tail -n 1) != "$limit" ]]; then
    echo "$executable: needs glibc $newest, newer than $limit; build it with scripts/package.sh" >&2
    exit 1
fi
echo "$executable: needs glibc $newest (limit $limit), $(stat --format=%s "$executable") bytes"
