#!/usr/bin/env bash
# Prepares target/pkg/container, from which `docker build target/pkg/container` makes an image, of the folder that
# pkg/archive.sh has packed for a static Linux target. /tmp is where large results are sorted, /data where logs are mounted.
#
#     pkg/container.sh TARGET
set -euo pipefail
target=$1
cd "$(dirname "$0")/.."
version=$(pkg/version.sh)
from=target/pkg/sumoql-$version-$target
to=target/pkg/container
rm -rf "$to"
mkdir -p "$to/root/tmp" "$to/root/data"
cp "$from/sumoql" "$from/THIRD-PARTY.txt" LICENSE-APACHE LICENSE-MIT "$to/root"
cp pkg/Dockerfile "$to/Dockerfile"
