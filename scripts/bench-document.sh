#!/usr/bin/env bash
# Memory and pace of large documents: one document of 1 GiB (or BYTES) is submitted and retrieved by curl over mutual
# TLS, while the resident memory of the daemon is watched. Beside it, in the same run, what the machine does on its own:
# writing the same bytes with fsync, and hashing them.
#
#   bench-document.sh GATEWAY [BYTES]      GATEWAY: a built xds-gateway
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
gateway=$(realpath -- "$1")
readonly root gateway bytes=${2:-1073741824}
readonly port=${XDS_BENCH_PORT:-18443} operations=${XDS_BENCH_OPERATIONS_PORT:-19443} work=$root/.bench
cd "$root"

mkdir -p "$work/documents"
scripts/pki.sh "$work/pki"
scripts/postgres.sh start "$work/postgres"
daemon=
finish() {
    if [ -n "$daemon" ]; then kill "$daemon" 2>/dev/null || true; wait "$daemon" 2>/dev/null || true; fi
    scripts/postgres.sh stop "$work/postgres"
    rm -rf "$work/documents" "$work/message" "$work/answer" "$work/file" "$work/reference"
}
trap finish EXIT

cat >"$work/gateway.yaml" <<YAML
server: {host: 127.0.0.1, port: $port, certificate: pki/server.pem, key: pki/server.key, trustAnchors: pki/ca.pem, revocationLists: pki/crl.pem}
operations: {port: $operations}
database: {conninfo: '$(scripts/postgres.sh conninfo "$work/postgres" | sed "s/'/''/g")'}
repository: {uniqueId: '2.999.1.2', folder: documents}
community: {homeCommunityId: 'urn:oid:2.999.1.1'}
YAML
readonly patient='900186021^^^&2.16.840.1.113883.2.4.6.3&ISO'
"$gateway" migrate --config "$work/gateway.yaml"
"$gateway" organisation add hospital --name Ziekenhuis --ura 90000001 --config "$work/gateway.yaml"
"$gateway" patient add "$patient" --config "$work/gateway.yaml"
"$gateway" serve --config "$work/gateway.yaml" 2>"$work/gateway.log" &
daemon=$!
until curl -sf -o "$work/ready" "http://127.0.0.1:$operations/health/ready"; do
    kill -0 "$daemon" || { tail -n 5 "$work/gateway.log" >&2; exit 1; }
    sleep 0.2
done

resident() { awk -v field="$1:" '$1 == field { print int($2 / 1024) }' "/proc/$daemon/status"; }
# Peak resident memory starts to count anew.
reset_peak() { echo 5 >"/proc/$daemon/clear_refs"; }
now() { date +%s.%N; }
pace() { awk -v bytes="$bytes" -v from="$1" -v to="$2" 'BEGIN { printf "%.2f s, %.0f MB/s", to - from, bytes / 1e6 / (to - from) }'; }

head -c "$bytes" /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 -nosalt 2>/dev/null >"$work/file"
CERTIFICATE=hospital bash Tests/Interoperability/curl_submit.sh "https://localhost:$port" "$work/pki" "$patient" \
    Tests/Fixtures/documents/ontslagbrief.pdf
before=$(resident VmRSS)

start=$(now)
dd if="$work/file" of="$work/reference" bs=1M conv=fsync status=none
end=$(now)
printf 'reference: write and fsync of the bytes    %s\n' "$(pace "$start" "$end")"
start=$(now)
openssl dgst -sha256 "$work/file" >"$work/ready"
end=$(now)
printf 'reference: SHA-256 of the bytes            %s\n' "$(pace "$start" "$end")"
rm "$work/reference"

reset_peak
start=$(now)
CERTIFICATE=hospital bash Tests/Interoperability/curl_submit.sh "https://localhost:$port" "$work/pki" "$patient" "$work/file"
end=$(now)
printf 'submitted, found, retrieved and compared   %s\n' "$(pace "$start" "$end")"
peak=$(resident VmHWM)
printf 'resident memory: %s MiB before, %s MiB at its peak: %s MiB growth\n' "$before" "$peak" "$((peak - before))"
[ "$((peak - before))" -lt 64 ] || { echo 'more than the 64 MiB that are allowed' >&2; exit 1; }
