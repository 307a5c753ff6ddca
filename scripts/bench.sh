#!/usr/bin/env bash
# The benchmarks, on a release build of this commit: throughput beside nginx and pgbench in the same run (table to
# docs/benchmarks.md), then memory and pace of a document of 1 GiB.
#
#   bench.sh [throughput|document|audit|steps]...      the first two without arguments; audit fills a trail with a
#                                                      million events and proves it; steps, the microbenchmarks, are a
#                                                      package of their own that takes its time to build
#
#   BENCH_ENTRIES    entries of the registry; 100000 is the quick run, 10000000 the full one
#   BENCH_OPTIONS    more options of Benchmarks/throughput/bench.py, as "--only queries --rounds 5", or of trail.py
#   BENCH_GATEWAY    a built xds-gateway, instead of building one
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly root entries=${BENCH_ENTRIES:-100000}
readonly -a parts=("${@:-throughput document}")
cd "$root"

scripts/setup.sh bench
gateway=${BENCH_GATEWAY:-}
if [ -z "$gateway" ]; then
    swift build --configuration release --static-swift-stdlib --product xds-gateway
    gateway=$(swift build --configuration release --show-bin-path)/xds-gateway
fi

status=0
# shellcheck disable=SC2068  # the default is two words
for part in ${parts[@]}; do
    case $part in
        throughput)
            # shellcheck disable=SC2086  # several options
            python3 Benchmarks/throughput/bench.py --gateway "$gateway" --work .bench/throughput --entries "$entries" \
                --record docs/benchmarks.md ${BENCH_OPTIONS:-} || status=$?
            ;;
        audit)
            # shellcheck disable=SC2086  # several options
            python3 Benchmarks/throughput/trail.py --gateway "$gateway" --work .bench/audit ${BENCH_OPTIONS:-} || status=$?
            ;;
        document) scripts/bench-document.sh "$gateway" || status=$? ;;
        steps) (cd Benchmarks && swift package benchmark) || status=$? ;;
        *)
            sed -n '2,11s/^# \{0,1\}//p' "$0" >&2
            exit 2
            ;;
    esac
done
exit "$status"
