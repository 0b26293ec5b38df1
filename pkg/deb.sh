#!/usr/bin/env bash
# Makes target/pkg/sumoql_VERSION-1_ARCHITECTURE.deb of the folder that pkg/archive.sh has packed for a Linux target.
#
#     pkg/deb.sh TARGET
set -euo pipefail
target=$1
cd "$(dirname "$0")/.."
version=$(pkg/version.sh)
from=target/pkg/sumoql-$version-$target
case $target in
x86_64-*-linux-*) architecture=amd64 ;;
aarch64-*-linux-*) architecture=arm64 ;;
*) echo "no Debian package for $target" >&2; exit 2 ;;
esac
name=sumoql_$version-1_$architecture
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
umask 022
share=$root/usr/share
install -D -m 755 "$from/sumoql" "$root/usr/bin/sumoql"
for page in "$from"/doc/*.1; do
    install -D -m 644 "$page" "$share/man/man1/${page##*/}"
done
install -D -m 644 "$from/complete/sumoql.bash" "$share/bash-completion/completions/sumoql"
install -D -m 644 "$from/complete/_sumoql" "$share/zsh/vendor-completions/_sumoql"
install -D -m 644 "$from/complete/sumoql.fish" "$share/fish/vendor_completions.d/sumoql.fish"
install -D -m 644 "$from/README.md" "$share/doc/sumoql/README.md"
install -D -m 644 "$from/THIRD-PARTY.txt" "$share/doc/sumoql/THIRD-PARTY.txt"
install -D -m 644 CHANGELOG.md "$share/doc/sumoql/changelog"
{
    echo "sumoql is at https://github.com/sumoql/sumoql. It is licensed under the MIT license, below, or the Apache License,"
    echo "Version 2.0, which is in /usr/share/common-licenses/Apache-2.0. What it contains of others is in THIRD-PARTY.txt.gz,"
    echo "with the licences of that."
    echo
    cat LICENSE-MIT
} > "$share/doc/sumoql/copyright"
# One program for every distribution: it has its libraries inside.
mkdir -p "$share/lintian/overrides"
printf 'sumoql: %s [usr/bin/sumoql]\n' statically-linked-binary shared-library-lacks-prerequisites > "$share/lintian/overrides/sumoql"
moment=$(git log -1 --format=%ct)
{
    echo "sumoql ($version-1) unstable; urgency=medium"
    printf '\n  * See changelog.gz.\n\n'
    echo " -- The sumoql authors <sumoql@users.noreply.github.com>  $(date -u -R -d "@$moment")"
} > "$share/doc/sumoql/changelog.Debian"
gzip -9n "$share"/man/man1/*.1 "$share/doc/sumoql"/{changelog,changelog.Debian,THIRD-PARTY.txt}
mkdir "$root/DEBIAN"
cat > "$root/DEBIAN/control" <<END
Package: sumoql
Version: $version-1
Architecture: $architecture
Maintainer: The sumoql authors <sumoql@users.noreply.github.com>
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Section: utils
Priority: optional
Homepage: https://github.com/sumoql/sumoql
Description: Sumo Logic's log search language, on your own machine
 sumoql runs published queries of Sumo Logic unchanged over raw logs: Windows
 event logs, JSON and plain text. It explains why a message is in a result or
 not, and runs golden tests of queries.
END
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"
SOURCE_DATE_EPOCH=$moment dpkg-deb --root-owner-group --build "$root" "target/pkg/$name.deb"
(cd target/pkg && sha256sum "$name.deb" > "$name.deb.sha256")
