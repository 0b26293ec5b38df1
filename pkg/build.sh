#!/usr/bin/env bash
# Builds the program as it is shipped for a target, and prints where it is.
#
#     pkg/build.sh TARGET
set -euo pipefail
cd "$(dirname "$0")/.."
target=$1
suffix=
case $target in
# Static, for any distribution and an empty container. Relocations of a static program that can be anywhere in memory take a
# tenth of it when they are not packed.
*-linux-*) export RUSTFLAGS="-C target-feature=+crt-static -C link-arg=-Wl,-z,pack-relative-relocs" ;;
*windows*) suffix=.exe ;;
esac
CARGO_INCREMENTAL=0 cargo build --locked --profile dist --package sumoql-cli --target "$target" >&2
echo "${CARGO_TARGET_DIR:-target}/$target/dist/sumoql$suffix"
