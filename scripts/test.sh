#!/usr/bin/env bash
# Installs what is missing, starts a private PostgreSQL in .test/, builds once and runs all tests.
# Arguments go to "swift test", for instance: scripts/test.sh --filter PostgresKitTests
#
# The tests find their surroundings in these variables:
#   XDS_TEST_POSTGRES   libpq connection string of a role that may make databases on the private server
#   XDS_TEST_GATEWAY    the built xds-gateway
#   XDS_TEST_PYTHON     a Python interpreter with the packages of Tests/Interoperability
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly root cluster=$root/.test/postgres
cd "$root"

scripts/setup.sh tests
XDS_TEST_PYTHON=$(scripts/python.sh)
export XDS_TEST_PYTHON

# Two runs in one clone would take the server from under each other, and mix their logs. What is started here does not
# inherit the lock (descriptor 8): it might outlive the run.
mkdir -p .test
exec 8>.test/lock
if ! flock -n 8; then
    echo "test: another run in this clone is not done; waiting for it" >&2
    flock 8
fi

# Tests that prove durability make clusters of their own, with fsync.
trap 'scripts/postgres.sh stop "$cluster"' EXIT
scripts/postgres.sh start "$cluster" --no-fsync
XDS_TEST_POSTGRES=$(scripts/postgres.sh conninfo "$cluster")

swift build --build-tests 8>&-
XDS_TEST_GATEWAY=$(swift build --show-bin-path)/xds-gateway
export XDS_TEST_POSTGRES XDS_TEST_GATEWAY

# Tests with daemons of their own come after the others: the runner starts everything at once, and a daemon beside a
# thousand other tests on two processors is slow beyond every patience.
status=0
run() { swift test --skip-build --parallel "$@" 2>&1 8>&- | tee -a .test/tests.log || status=$?; }
: >.test/tests.log
if [ $# -gt 0 ]; then
    run "$@"
else
    run --skip GatewayTests
    run --filter GatewayTests
fi
# The runner's own closing lines, once more at the very end.
grep -E 'Test run with [0-9]+ tests?' .test/tests.log || true
exit "$status"
