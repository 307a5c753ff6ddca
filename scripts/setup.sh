#!/usr/bin/env bash
# Installs the Debian packages that building and running need, and only those that are missing.
# Needs root or sudo only when there is something to install. PostgreSQL's default cluster is neither made nor started.
#
#   setup.sh [interop|tests|bench]
#      interop: also gSOAP, for the client that scripts/interop.sh makes
#      tests: also sslscan
#      bench: also nginx, which is not started, and a C compiler
set -euo pipefail

readonly swift_minimum=6.2 purpose=${1:-}
readonly policy=/usr/sbin/policy-rc.d policy_mark='# Written by setup.sh of ZorgNetOost XDS while it installs.'
libraries=(libxml2-dev libpq-dev libssl-dev libxmlsec1-dev)
case "${1:-}" in
    interop) libraries+=(gsoap libgsoap-dev gcc libc6-dev zlib1g-dev) ;;
    tests) libraries+=(sslscan) ;;
    bench) libraries+=(nginx gcc libc6-dev) ;;
esac
readonly libraries

fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]; }

# Sets missing: the packages to install.
find_missing() {
    missing=()
    local library pair
    for library in "${libraries[@]}"; do
        installed "$library" || missing+=("$library")
    done
    for pair in curl:curl openssl:openssl make:make git:git pkg-config:pkg-config python3:python3 setpriv:util-linux; do
        command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
    done
    [ -e /etc/ssl/certs/ca-certificates.crt ] || missing+=(ca-certificates)
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    has_postgres || missing+=(postgresql)
    if [ "$purpose" = tests ]; then
        # Only the programs: tests start a server of their own.
        for library in rsyslog rsyslog-openssl; do installed "$library" || missing+=("$library"); done
    fi
}

has_postgres() {
    local programs version
    for programs in /usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null || true)"; do
        [ -x "$programs/initdb" ] || continue
        version=$("$programs/initdb" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
        [ "$version" -lt 15 ] || return 0
    done
    return 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=300 -qq install -y --no-install-recommends "$@" </dev/null
}

# Installs, with fresh package lists only where the ones at hand do not do.
install_packages() {
    if compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null && apt_install "$@"; then return 0; fi
    as_root apt-get -o DPkg::Lock::Timeout=300 -qq update </dev/null
    apt_install "$@"
}

# postgresql-common makes and starts a cluster when a server package arrives, unless told not to beforehand.
prevent_default_cluster() {
    if installed postgresql-common; then return 0; fi
    install_packages postgresql-common
    as_root sed -i -E 's/^#? *create_main_cluster *=.*/create_main_cluster = false/' \
        /etc/postgresql-common/createcluster.conf
}

# Whether one of the packages starts a server when it arrives.
start_servers() {
    case " $* " in *' postgresql '* | *' nginx '* | *' rsyslog '*) ;; *) return 1 ;; esac
}

# Packages start their servers when they arrive, unless a policy says no. One that is there stays as it is; ours goes when
# this script ends, however it ends.
install_without_starting() {
    if start_servers "$@" && { [ ! -e "$policy" ] || is_ours "$policy"; }; then
        trap remove_policy EXIT
        trap 'exit 129' HUP
        trap 'exit 130' INT
        trap 'exit 143' TERM
        printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" | as_root tee "$policy" >/dev/null
        as_root chmod 0755 "$policy"
    fi
    install_packages "$@"
}

# Whether a policy was written here, if only by a run that was killed.
is_ours() { grep -qsxF -- "$policy_mark" "$1"; }

remove_policy() {
    if is_ours "$policy"; then as_root rm -f -- "$policy"; fi
}

check_swift() {
    command -v swift >/dev/null \
        || fail "swift is not on the PATH; install Swift $swift_minimum or later (https://www.swift.org/install/linux)"
    local version
    version=$(swift --version 2>&1 | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
    [ "$(printf '%s\n' "$swift_minimum" "${version:-0}" | sort -V | head -n 1)" = "$swift_minimum" ] \
        || fail "Swift $version is too old; $swift_minimum or later is needed"
}

command -v dpkg-query >/dev/null \
    || fail "this is no Debian; install by hand: ${libraries[*]}, PostgreSQL 15 or later, curl, openssl, make, python3 with venv"
check_swift
find_missing
if [ ${#missing[@]} -gt 0 ]; then
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null || fail "as root, install: ${missing[*]}"
    printf 'setup: installing %s\n' "${missing[*]}"
    case " ${missing[*]} " in *' postgresql '*) prevent_default_cluster ;; esac
    install_without_starting "${missing[@]}" >/dev/null
    find_missing
    [ ${#missing[@]} -eq 0 ] || fail "still missing after the installation: ${missing[*]}"
fi
