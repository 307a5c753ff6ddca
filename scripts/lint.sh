#!/usr/bin/env bash
# Checks the form of Swift files and shell scripts; changes nothing. scripts/format.sh repairs what can be repaired.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
status=0
if swift format --version >/dev/null 2>&1; then
    swift format lint --strict --parallel --recursive Package.swift Sources Tests schemas || status=$?
else
    echo 'lint: this Swift toolchain has no "swift format", the Swift files were not checked' >&2
fi
if command -v shellcheck >/dev/null; then
    shellcheck scripts/*.sh Tests/Interoperability/*.sh Tests/Interoperability/gsoap/*.sh Benchmarks/load/*.sh .ci/run || status=$?
else
    echo 'lint: shellcheck is not installed, the shell scripts were not checked' >&2
fi
exit "$status"
