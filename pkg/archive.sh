#!/usr/bin/env bash
# Packs a built program for a target into target/pkg/sumoql-VERSION-TARGET.tar.gz (.zip for Windows), with its SHA-256
# beside it. The program must run here: it writes its own manual pages and completions.
#
#     pkg/archive.sh PROGRAM TARGET
set -euo pipefail
program=$(realpath "$1")
target=$2
cd "$(dirname "$0")/.."
version=$(pkg/version.sh)
name=sumoql-$version-$target
out=target/pkg
rm -rf "$out/$name"
mkdir -p "$out/$name/doc" "$out/$name/complete"

suffix=
archive=$name.tar.gz
case $target in *windows*) suffix=.exe archive=$name.zip ;; esac
cp "$program" "$out/$name/sumoql$suffix"
case $("$program" --version) in
"sumoql $version"*) ;;
*) echo "$program is not version $version" >&2; exit 1 ;;
esac
cp README.md CHANGELOG.md SECURITY.md LICENSE-APACHE LICENSE-MIT "$out/$name"
python3 pkg/third_party.py --target "$target" --sbom "$out/$name/sumoql.cdx.json" > "$out/$name/THIRD-PARTY.txt"
"$program" man > "$out/$name/doc/sumoql.1"
for command in $("$program" --help | tr -d '\r' | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }'); do
    "$program" man "$command" > "$out/$name/doc/sumoql-$command.1"
done
"$program" completions bash > "$out/$name/complete/sumoql.bash"
"$program" completions zsh > "$out/$name/complete/_sumoql"
"$program" completions fish > "$out/$name/complete/sumoql.fish"
"$program" completions powershell > "$out/$name/complete/_sumoql.ps1"
python3 pkg/pack.py "$out/$name" "$out/$archive"
