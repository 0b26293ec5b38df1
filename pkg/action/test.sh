#!/usr/bin/env bash
# Runs the steps of action.yml as a runner does, with an archive of this machine in place of a release.
#
#     pkg/action/test.sh ARCHIVE
set -euo pipefail
archive=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
version=$("$here/../version.sh")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=sumoql-$version-x86_64-unknown-linux-musl
mkdir -p "$work/releases/v$version" "$work/unpacked"
# The release has the folder of the program under the name of its target.
tar xzf "$archive" -C "$work/unpacked"
mv "$work/unpacked"/sumoql-* "$work/unpacked/$name"
python3 "$here/../pack.py" "$work/unpacked/$name" "$work/releases/v$version/$name.tar.gz" >/dev/null

export RUNNER_OS=Linux RUNNER_ARCH=X64 RUNNER_TEMP=$work/temp RELEASES=file://$work/releases VERSION= CHECKSUM=
export GITHUB_PATH=$work/path GITHUB_OUTPUT=$work/output GITHUB_STEP_SUMMARY=$work/summary
mkdir "$RUNNER_TEMP"
fail() {
    echo "action: $1" >&2
    exit 1
}
# What a step prints, and whether it must fail.
step() {
    local wanted=$1 status=0
    shift
    : > "$GITHUB_STEP_SUMMARY"
    (cd "$work/repository" && "$@") > "$work/log" 2>&1 || status=$?
    if [ "$wanted" = fails ]; then test "$status" != 0; else test "$status" = 0; fi || { cat "$work/log" >&2; fail "$*: status $status"; }
}
mkdir "$work/repository"
CHECKSUM=0000 step fails "$here/setup.sh"
grep -q "does not have the checksum" "$work/log" || fail "a wrong checksum is not named"
RUNNER_ARCH=RISCV step fails "$here/setup.sh"
VERSION=9.9.9 step fails "$here/setup.sh"
VERSION=v$version step passes "$here/setup.sh"
step passes "$here/setup.sh"
grep -qx "version=$version" "$GITHUB_OUTPUT" || fail "the version is not an output"
PATH=$(tail -1 "$GITHUB_PATH"):$PATH
test "$(command -v sumoql)" = "$RUNNER_TEMP/sumoql/$name/sumoql" || fail "the program is not on the path"

# A repository in which all is well, then one fault after the other.
export QUERIES=queries FMT=true CHECK=true TEST=true STRICT=false BASELINE= SARIF=
(cd "$work/repository" && sumoql demo queries >/dev/null && sumoql fmt --write queries >/dev/null 2>&1)
step passes "$here/guard.sh"
grep -qx "junit=$RUNNER_TEMP/sumoql-tests.xml" "$GITHUB_OUTPUT" || fail "the report is not an output"
grep -q "<testsuite" "$RUNNER_TEMP/sumoql-tests.xml" || fail "no report of the tests"
grep -q '| `sumoql test queries.*passed' "$GITHUB_STEP_SUMMARY" || fail "no summary"
# `eval` is not documented by Sumo Logic.
STRICT=true SARIF=found.sarif step fails "$here/guard.sh"
grep -q '"ruleId": *"W201"' "$work/repository/found.sarif" || fail "no finding in the SARIF"
grep -q '| `sumoql check.*failed' "$GITHUB_STEP_SUMMARY" || fail "the summary does not name what failed"
mkdir "$work/repository/benign"
cp "$work/repository/queries/t1505/test1-aspx-shell.xml" "$work/repository/queries/t1505/sources.toml" "$work/repository/benign"
BASELINE=benign step fails "$here/guard.sh"
sed -i.old 's/^| eval detection_type/| coutn by image | eval detection_type/' "$work/repository/queries/t1505.sumo"
step fails "$here/guard.sh"
grep -q "^::error file=queries/t1505.sumo,line=" "$work/log" || fail "no annotation"
CHECK=false TEST=false FMT=false step passes "$here/guard.sh"
echo "action: all steps do what they should"
