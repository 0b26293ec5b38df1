#!/usr/bin/env bash
# First step of action.yml: downloads an archive of a release, checks it, and puts the program on the path.
# VERSION and CHECKSUM may be empty; RELEASES is where the archives are.
set -euo pipefail
: "${RELEASES:=https://github.com/sumoql/sumoql/releases/download}"
version=${VERSION:-$("$(dirname "$0")/../version.sh")}
version=${version#v}
case ${RUNNER_OS-Linux}-${RUNNER_ARCH-X64} in
Linux-X64) target=x86_64-unknown-linux-musl suffix=tar.gz ;;
Linux-ARM64) target=aarch64-unknown-linux-musl suffix=tar.gz ;;
macOS-X64) target=x86_64-apple-darwin suffix=tar.gz ;;
macOS-ARM64) target=aarch64-apple-darwin suffix=tar.gz ;;
Windows-X64) target=x86_64-pc-windows-msvc suffix=zip ;;
*) echo "::error::no sumoql for $RUNNER_OS on $RUNNER_ARCH"; exit 1 ;;
esac
name=sumoql-$version-$target
folder=$RUNNER_TEMP/sumoql
mkdir -p "$folder"
cd "$folder"
curl -sSfL --retry 3 -o "$name.$suffix" "$RELEASES/v$version/$name.$suffix"
curl -sSfL --retry 3 -o "$name.$suffix.sha256" "$RELEASES/v$version/$name.$suffix.sha256"
digest() {
    if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}
wanted=${CHECKSUM:-$(cut -d' ' -f1 "$name.$suffix.sha256")}
if [ "$(digest "$name.$suffix")" != "$wanted" ]; then
    echo "::error::$name.$suffix does not have the checksum $wanted"
    exit 1
fi
case $suffix in
zip) unzip -q -o "$name.zip" ;;
*) tar xzf "$name.tar.gz" ;;
esac
# `cygpath`, where there is one: paths in this file are Windows' own there.
if command -v cygpath >/dev/null; then cygpath -w "$folder/$name"; else echo "$folder/$name"; fi >> "$GITHUB_PATH"
echo "version=$version" >> "$GITHUB_OUTPUT"
