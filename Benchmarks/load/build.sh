#!/usr/bin/env bash
# Compiles the load generator and the file reference into DIRECTORY.
#
#   build.sh DIRECTORY
set -euo pipefail

output=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")"
readonly flags=(-std=gnu11 -O3 -Wall -Wextra -Werror -D_GNU_SOURCE -pthread)
cc "${flags[@]}" -o "$output/load" load.c worker.c workload.c answer.c statistics.c -lssl -lcrypto
cc "${flags[@]}" -o "$output/durable_write" durable_write.c
