#!/usr/bin/env bash
# Prints the version of the workspace. With a tag such as v0.2.0, fails unless it is of that version.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n '/^\[workspace\.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' Cargo.toml)
if [ -n "${1-}" ] && [ "$1" != "v$version" ]; then
    echo "the tag is $1, the version in Cargo.toml $version" >&2
    exit 1
fi
if ! grep -q "^## $version\b" CHANGELOG.md; then
    echo "CHANGELOG.md has no section for $version" >&2
    exit 1
fi
echo "$version"
