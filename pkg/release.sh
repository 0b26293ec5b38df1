#!/usr/bin/env bash
# Makes everything of a release that can be made on one machine, and tries it. Needs no account and publishes nothing.
#
#     pkg/release.sh --dry-run [PROGRAM]
#
# With a PROGRAM that is built already, packages of Rust are not built to verify them.
set -euo pipefail
if [ "${1-}" != --dry-run ]; then
    echo "a release is published by the workflow, for a tag: see RELEASE-CHECKLIST.md; use --dry-run here" >&2
    exit 2
fi
program=${2:+$(realpath "$2")}
cd "$(dirname "$0")/.."
version=$(pkg/version.sh)
is_static() {
    ! ldd "$program" 2>/dev/null | grep -q '\.so'
}
target=$(rustc -vV | sed -n 's/^host: //p')
have() {
    command -v "$1" >/dev/null || { echo "no $1: its check is skipped"; return 1; }
}

verify=
if [ -n "$program" ]; then
    verify=--no-verify
fi
cargo package --workspace --locked --allow-dirty --quiet $verify

if [ -z "$program" ]; then
    program=$(pkg/build.sh "$target")
fi
pkg/archive.sh "$program" "$target"
archive=target/pkg/sumoql-$version-$target.tar.gz
cp "$archive" target/pkg/first.tar.gz
pkg/archive.sh "$program" "$target"
cmp "$archive" target/pkg/first.tar.gz
rm target/pkg/first.tar.gz
pkg/try.sh "$archive"
bash -n "target/pkg/sumoql-$version-$target/complete/sumoql.bash"
if have zsh; then zsh -n "target/pkg/sumoql-$version-$target/complete/_sumoql"; fi
if have fish; then fish --no-execute "target/pkg/sumoql-$version-$target/complete/sumoql.fish"; fi
if have man; then
    for page in "target/pkg/sumoql-$version-$target"/doc/*.1; do
        test -z "$(MANWIDTH=100 man --warnings -l "$page" 2>&1 >/dev/null)"
    done
fi

if have dpkg-deb; then
    pkg/deb.sh "$target"
    dpkg-deb --info target/pkg/sumoql_"$version"-1_*.deb >/dev/null
    # The package says that it needs nothing, which is so for a static program.
    if is_static && have lintian; then lintian --fail-on error,warning --allow-root --suppress-tags initial-upload-closes-no-bugs target/pkg/sumoql_"$version"-1_*.deb; fi
fi

sums=$(mktemp -d)
trap 'rm -rf "$sums"' EXIT
for other in x86_64-unknown-linux-musl aarch64-unknown-linux-musl x86_64-apple-darwin aarch64-apple-darwin; do
    cp "$archive.sha256" "$sums/sumoql-$version-$other.tar.gz.sha256"
done
pkg/brew.sh "$sums" > "$sums/sumoql.rb"
if have ruby; then ruby -c "$sums/sumoql.rb" >/dev/null; fi

# The program in an empty root, as it is in the image, where it can be: it has to be static, and this takes a superuser.
pkg/container.sh "$target"
if [ "$(id -u)" = 0 ] && is_static; then
    root=target/pkg/container/root
    chown 65532:65532 "$root/tmp"
    chroot --userspec=65532:65532 "$root" /sumoql demo /tmp/demo
    chroot --userspec=65532:65532 "$root" /sumoql test /tmp/demo
    rm -r "$root/tmp/demo"
else
    echo "the program is not static: it is not tried in an empty root"
fi
pkg/action/test.sh "$archive"
ls -l target/pkg/*"$version"*
