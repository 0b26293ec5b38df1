#!/usr/bin/env bash
# Second step of action.yml: runs the guards that are switched on, all of them, and fails if one did.
# QUERIES, FMT, CHECK, TEST, STRICT, BASELINE and SARIF are the inputs of the action.
set -uo pipefail
failed=
row() {
    echo "| \`$1\` | $2 |" >> "$GITHUB_STEP_SUMMARY"
}
guard() {
    echo "::group::$*"
    if "$@"; then
        row "$*" passed
    else
        row "$*" "**failed**"
        failed=1
    fi
    echo "::endgroup::"
}
printf '### sumoql\n\n| guard | result |\n|---|---|\n' >> "$GITHUB_STEP_SUMMARY"
strict=()
if [ "$STRICT" = true ]; then strict=(--strict); fi
if [ "$FMT" = true ]; then guard sumoql fmt --check "$QUERIES"; fi
if [ "$CHECK" = true ]; then
    guard sumoql check --github "${strict[@]}" "$QUERIES"
    # The same findings, which have been shown, for code scanning.
    if [ -n "$SARIF" ]; then sumoql check --sarif "${strict[@]}" "$QUERIES" > "$SARIF" || true; fi
fi
if [ "$TEST" = true ]; then
    report=$RUNNER_TEMP/sumoql-tests.xml
    # Versions that can show a failing case at its line do so.
    show=()
    if sumoql test --help | grep -q -e --github; then show=(--github); fi
    guard sumoql test "$QUERIES" "${show[@]}" --junit "$report"
    echo "junit=$report" >> "$GITHUB_OUTPUT"
fi
if [ -n "$BASELINE" ]; then guard sumoql test "$QUERIES" --baseline "$BASELINE"; fi
test -z "$failed"
