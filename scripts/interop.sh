#!/usr/bin/env bash
# Clients of other makers against the running daemon, over mutual TLS, in a region of its own under .interop/: curl,
# zeep, a C client that gSOAP makes of the served WSDL, an MLLP client of PyPI, and the conformance checks.
# Prints a line for each check; exit status 0 when all were right.
#
#   interop.sh [PART...]      curl, zeep, gsoap, hl7 or conformance; all without arguments
#
#   XDS_INTEROP_GATEWAY   a built xds-gateway, instead of building one
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly root state=$root/.interop programs=$root/Tests/Interoperability domain=2.16.840.1.113883.2.4.6.3
readonly -a parts=("${@:-all}")
cd "$root"

scripts/setup.sh interop
python=$(scripts/python.sh)
gateway=${XDS_INTEROP_GATEWAY:-}
if [ -z "$gateway" ]; then
    swift build --product xds-gateway
    gateway=$(swift build --show-bin-path)/xds-gateway
fi

daemon=
finish() {
    if [ -n "$daemon" ]; then
        kill "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
    fi
    if [ -d "$state/postgres" ]; then scripts/postgres.sh stop "$state/postgres"; fi
}
trap finish EXIT

# Ports of the loopback interface nobody listens on, below those that the kernel gives to connections: one of those may be
# gone before it is used.
free_ports() {
    python3 - "$1" <<'PYTHON'
import random, socket, sys
sockets = []
while len(sockets) < int(sys.argv[1]):
    sockets.append(socket.socket())
    try:
        sockets[-1].bind(("127.0.0.1", random.randrange(12000, 32000)))
    except OSError:
        sockets.pop().close()
print(*(each.getsockname()[1] for each in sockets))
PYTHON
}

# A region from nothing: what an interrupted run left behind is no use.
if [ -d "$state/postgres" ]; then scripts/postgres.sh destroy "$state/postgres"; fi
rm -rf -- "$state"
mkdir -p "$state"
read -r XDS_SERVER_PORT XDS_OPERATIONS_PORT XDS_MLLP_PORT <<<"$(free_ports 3)"
export XDS_SERVER_PORT XDS_OPERATIONS_PORT XDS_MLLP_PORT
readonly base=https://localhost:$XDS_SERVER_PORT pki=$state/pki configuration=$state/xds-gateway.yaml
"$gateway" demo --root "$root" --state "$state" >"$state/demo.log" 2>&1 </dev/null &
daemon=$!
deadline=$((SECONDS + 180))
until grep -q '^The daemon keeps serving' "$state/demo.log"; do
    if ! kill -0 "$daemon" 2>/dev/null || [ "$SECONDS" -ge "$deadline" ]; then
        cat "$state/demo.log" >&2
        printf 'interop: the daemon did not start\n' >&2
        exit 1
    fi
    sleep 0.2
done

: >"$state/checks.log"
wanted() { [ "${parts[0]}" = all ] || [[ " ${parts[*]} " = *" $1 "* ]]; }
# A patient nobody has used.
new_patient() {
    local patient
    patient="$(((RANDOM * 32768 + RANDOM) % 900000000 + 100000000))^^^&$domain&ISO"
    "$gateway" patient add "$patient" --config "$configuration" >/dev/null
    printf '%s\n' "$patient"
}
# A program that prints a line for each check. One that ends badly without saying so counts as a failed check.
checks() {
    local name=$1 status=0 before
    shift
    before=$(grep -c '^- ' "$state/checks.log" || true)
    "$@" 2>"$state/errors.log" | tee -a "$state/checks.log" || status=$?
    if [ "$status" -ne 0 ] && [ "$(grep -c '^- ' "$state/checks.log" || true)" = "$before" ]; then
        printf -- '- %s: ended with exit status %s\n' "$name" "$status" | tee -a "$state/checks.log"
    fi
    if [ "$status" -ne 0 ]; then cat "$state/errors.log" >&2; fi
}
# A program that prints one line, and says all by its exit status.
whole() {
    local name=$1 said status=0
    shift
    said=$("$@" 2>&1) || status=$?
    if [ "$status" -eq 0 ]; then
        printf '+ %s: %s\n' "$name" "${said##*$'\n'}" | tee -a "$state/checks.log"
    else
        printf -- '- %s: %s\n' "$name" "$said" | tee -a "$state/checks.log"
    fi
}
gsoap() {
    "$programs/gsoap/build.sh" "$base" "$pki" "$state/gsoap"
    cd "$state/gsoap"
    ./client "$base" "$pki" "$(new_patient)" 2.999.1.2
}

if wanted curl; then
    whole curl "$programs/curl_submit.sh" "$base" "$pki" "$(new_patient)" Tests/Fixtures/documents/*.{pdf,xml,jpg}
fi
if wanted zeep; then
    checks zeep "$python" "$programs/zeep_registry.py" "$base" "$pki" "$(new_patient)"
    checks zeep "$python" "$programs/zeep_feed.py" "$base" "$pki"
fi
if wanted gsoap; then
    (checks gSOAP gsoap)
fi
if wanted hl7; then
    checks 'HL7 v2' "$python" "$programs/mllp_feed.py" "$base" "$pki" "$XDS_MLLP_PORT"
fi
if wanted conformance; then
    checks conformance "$python" "$programs/conformance/run.py" "$base" "$pki" --gateway "$gateway" \
        --config "$configuration"
fi

passed=$(grep -c '^+ ' "$state/checks.log" || true)
failed=$(grep -c '^- ' "$state/checks.log" || true)
if [ "$failed" -gt 0 ]; then
    printf '\nWhat failed:\n'
    grep '^- ' "$state/checks.log"
    printf 'The log of the daemon is %s\n' "$state/gateway.log"
fi
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
