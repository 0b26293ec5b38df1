#!/usr/bin/env bash
# Does with an archive what its user does first: unpacks it in an empty folder, and runs the demo and its tests.
#
#     pkg/try.sh ARCHIVE
set -euo pipefail
archive=$(realpath "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
(cd "$(dirname "$archive")" && { sha256sum --check "${archive##*/}.sha256" || shasum -a 256 --check "${archive##*/}.sha256"; })
case $archive in
*.zip) python3 -m zipfile -e "$archive" . ;;
*) tar xzf "$archive" ;;
esac
cd sumoql-*
for file in README.md LICENSE-MIT LICENSE-APACHE THIRD-PARTY.txt CHANGELOG.md doc/sumoql.1 complete/_sumoql; do
    test -s "$file"
done
./sumoql demo
./sumoql run -f sumoql-demo/t1505.sumo sumoql-demo/t1505 --output csv | grep -c WebShell_ChildProcess | grep -qx 2
./sumoql test sumoql-demo
