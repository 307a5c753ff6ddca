#!/usr/bin/env bash
# Makes the Python environment of the interoperability programs in .venv, and prints the path of its interpreter.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly root environment=$root/.venv requirements=$root/Tests/Interoperability/requirements.txt

mkdir -p "$root/.test"
exec 9>"$root/.test/python.lock"
flock 9
if ! cmp -s "$requirements" "$environment/installed.txt" \
    || ! "$environment/bin/python" -c 'import hl7, lxml, requests, zeep' 2>/dev/null; then
    rm -rf -- "$environment"
    python3 -m venv "$environment" >&2
    "$environment/bin/python" -m pip --quiet --disable-pip-version-check install --requirement "$requirements" >&2
    cp -- "$requirements" "$environment/installed.txt"
fi
printf '%s\n' "$environment/bin/python"
