#!/usr/bin/env bash
# Stops the private databases of demo, tests, benchmark and interop run, then removes them and everything that was built or generated.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
for cluster in .demo/postgres .test/postgres .bench/postgres .bench/throughput/region-*/postgres .interop/postgres; do
    if [ -d "$cluster" ]; then scripts/postgres.sh destroy "$cluster"; fi
done
rm -rf -- .demo .test .bench .interop .venv .build Benchmarks/.build
