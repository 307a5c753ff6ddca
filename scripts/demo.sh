#!/usr/bin/env bash
# Installs what is missing, builds the gateway and runs its demo. With DEMO_ONCE=1 it ends after the transcript.
# XDS_BUILD=release builds with optimisation (slower to build, faster to run).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly root configuration=${XDS_BUILD:-debug}
cd "$root"

scripts/setup.sh
swift build --configuration "$configuration" --product xds-gateway
arguments=(demo)
if [ "${DEMO_ONCE:-0}" = 1 ]; then arguments+=(--once); fi
exec "$(swift build --configuration "$configuration" --show-bin-path)/xds-gateway" "${arguments[@]}"
