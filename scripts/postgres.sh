#!/usr/bin/env bash
# A private PostgreSQL cluster in a directory of its own: for the demo, the tests and the benchmarks.
#
#   postgres.sh start DIR [--no-fsync]   make the cluster if there is none, start it, wait until it answers
#   postgres.sh stop DIR                 orderly stop; nothing to stop is no error
#   postgres.sh restart DIR              stop, then start with the same settings
#   postgres.sh kill DIR                 SIGKILL to the server and all its children, as a crash would
#   postgres.sh status DIR               exit status 0 when it answers, 3 when it does not run
#   postgres.sh conninfo DIR             the libpq connection string of role and database "xds"
#   postgres.sh destroy DIR              stop it and remove everything it kept
#
# The server listens on a unix socket only, in a directory of mode 0700; that is why "trust" is enough.
# PostgreSQL refuses to run as root: started by root, the server runs as user postgres (or nobody). What that user
# cannot reach (a checkout below /root, a home of mode 0700), and a socket path over 107 bytes, goes to
# /var/tmp/xds-<hash of DIR>; DIR then holds a symbolic link to it.
set -euo pipefail

readonly program=${0##*/}
readonly role=xds database=xds port=5432 socket_name_bytes=107
readonly start_timeout=90 stop_timeout=60
for name in ${!PG@}; do unset "$name"; done

fail() { printf '%s: %s\n' "$program" "$*" >&2; exit 1; }
usage() { sed -n '2,16s/^# \{0,1\}//p' "$0" >&2; exit 2; }

# Closes what the caller left open: the server would keep it open, and a caller that waits for the end of a pipe or a
# socket of its own would wait for the end of the server.
close_inherited() {
    local descriptor
    for descriptor in "/proc/$BASHPID/fd"/*; do
        descriptor=${descriptor##*/}
        if [ "$descriptor" -gt 2 ] && [ "$descriptor" -ne 255 ]; then eval "exec $descriptor>&-"; fi
    done
}

# Runs a command as the user the server runs as.
as_server() {
    if [ "$(id -u)" -ne 0 ]; then
        (cd / && exec "$@")
    else
        (cd / && exec setpriv --reuid="$server_user" --regid="$server_group" --clear-groups \
            env HOME=/nonexistent "$@")
    fi
}

choose_server_user() {
    server_user=$(id -un) server_group=$(id -gn)
    [ "$(id -u)" -eq 0 ] || return 0
    local candidate
    for candidate in postgres nobody; do
        if id "$candidate" >/dev/null 2>&1; then
            server_user=$candidate server_group=$(id -gn "$candidate")
            return 0
        fi
    done
    fail "started by root, and there is neither a user postgres nor a user nobody to run the server as"
}

# The programs of the major version the data was made with, or the newest ones installed (15 or later).
choose_programs() {
    local wanted='' candidate version newest=0
    [ ! -r "$data/PG_VERSION" ] || wanted=$(cat "$data/PG_VERSION")
    programs=''
    for candidate in /usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null || true)" /usr/local/pgsql/bin; do
        if [ ! -x "$candidate/initdb" ] || [ ! -x "$candidate/pg_ctl" ]; then continue; fi
        version=$("$candidate/postgres" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
        if [ -n "$wanted" ]; then
            [ "$version" != "$wanted" ] || programs=$candidate
        elif [ "$version" -ge 15 ] && [ "$version" -gt "$newest" ]; then
            newest=$version programs=$candidate
        fi
    done
    [ -n "$programs" ] && return 0
    [ -z "$wanted" ] || fail "the data in $data is of PostgreSQL $wanted, which is not installed; \
install it or remove the data with: $program destroy $directory"
    fail "PostgreSQL 15 or later is not installed (scripts/setup.sh installs it)"
}

# A directory of mode 0700 that belongs to the server's user and to nobody else.
private_directory() {
    local path=$1
    if [ ! -d "$path" ]; then
        [ ! -L "$path" ] || fail "$path is a symbolic link to nothing"
        mkdir -m 0700 "$path"
    fi
    [ "$(id -u)" -ne 0 ] || chown "$server_user:$server_group" "$path"
    chmod 0700 "$path"
}

# The directory outside DIR. It must be ours: anybody can make names below /var/tmp.
fallback_directory() {
    if [ -e "$fallback" ] || [ -L "$fallback" ]; then
        if [ ! -d "$fallback" ] || [ -L "$fallback" ]; then fail "$fallback exists and is no directory"; fi
        local owner; owner=$(stat -c %U "$fallback")
        [ "$owner" = "$server_user" ] || fail "$fallback belongs to $owner, not to $server_user"
    fi
    private_directory "$fallback"
}

reachable_by_server() { as_server test -x "$1" 2>/dev/null; }

# Sets data, socket and log: where this cluster lives. Makes nothing.
locate() {
    local hash; hash=$(printf '%s:%s' "$(id -u)" "$directory" | sha256sum | cut -c1-16)
    fallback=/var/tmp/xds-$hash
    data=$directory/data
    [ ! -L "$data" ] || data=$(readlink "$data")
    socket=$directory/socket
    [ ! -L "$socket" ] || socket=$(readlink "$socket")
    log=${data%/data}/postgres.log
}

# Decides where a new cluster lives, and makes the directories.
settle() {
    mkdir -p "$directory"
    if [ ! -e "$directory/data" ] && [ ! -L "$directory/data" ]; then
        if reachable_by_server "$directory"; then
            data=$directory/data
        else
            fallback_directory
            data=$fallback/data
            # Whoever removed DIR wanted a new cluster: what an earlier one left here goes.
            stop_server "$data" immediate
            rm -rf -- "$data"
            ln -s "$data" "$directory/data"
        fi
    fi
    if [ ! -d "$directory/socket" ]; then
        rm -f -- "$directory/socket"
        if reachable_by_server "$directory" \
            && [ "$(printf '%s' "$directory/socket/.s.PGSQL.$port" | wc -c)" -le "$socket_name_bytes" ]; then
            private_directory "$directory/socket"
        else
            fallback_directory
            private_directory "$fallback/socket"
            ln -s "$fallback/socket" "$directory/socket"
        fi
    fi
    locate
    if [ -L "$directory/data" ] || [ -L "$directory/socket" ]; then fallback_directory; fi
    private_directory "$socket"
}

# Prints the pid of the server that runs on this data directory; nothing when there is none. A pid file alone proves
# nothing: the number may have been given to another process since.
server_pid() {
    local pid
    [ -r "$1/postmaster.pid" ] || return 0
    pid=$(head -n 1 "$1/postmaster.pid" 2>/dev/null || true)
    case $pid in '' | *[!0-9]*) return 0 ;; esac
    if [ "$(readlink "/proc/$pid/cwd" 2>/dev/null || true)" = "$1" ]; then printf '%s\n' "$pid"; fi
}

remove_stale_pid_file() {
    [ -e "$data/postmaster.pid" ] || return 0
    [ -n "$(server_pid "$data")" ] || rm -f -- "$data/postmaster.pid"
}

stop_server() {
    local from=$1 mode=$2 pid
    pid=$(server_pid "$from")
    [ -n "$pid" ] || return 0
    case $mode in
        fast) kill -INT "$pid" ;;
        immediate) kill -QUIT "$pid" ;;
    esac
    wait_until_gone "$stop_timeout" "$pid" || fail "the server with pid $pid did not stop in $stop_timeout seconds"
}

# Waits until none of the processes runs; a zombie no longer runs.
wait_until_gone() {
    local deadline=$((SECONDS + $1)) pid
    shift
    for pid in "$@"; do
        while runs "$pid"; do
            [ "$SECONDS" -lt "$deadline" ] || return 1
            sleep 0.05
        done
    done
}

runs() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    stat=${stat##*) }
    case ${stat%% *} in Z | X) return 1 ;; esac
}

children_of() {
    local file stat
    for file in /proc/[0-9]*/stat; do
        stat=$(cat "$file" 2>/dev/null) || continue
        local pid=${stat%% *}
        stat=${stat##*) }
        # After the command: state, parent.
        stat=${stat#* }
        [ "${stat%% *}" != "$1" ] || printf '%s\n' "$pid"
    done
}

initialise() {
    [ ! -e "$data/PG_VERSION" ] || return 0
    local new=$data.new
    rm -rf -- "$data" "$new"
    private_directory "$new"
    local -a options=(--pgdata="$new" --username="$role" --auth=trust --locale=C.UTF-8 --encoding=UTF8
        --data-checksums --no-instructions)
    [ "$fsync" = on ] || options+=(--no-sync)
    as_server "$programs/initdb" "${options[@]}" >"$directory/initdb.log" 2>&1 \
        || { cat "$directory/initdb.log" >&2; fail "initdb failed"; }
    mv -T -- "$new" "$data"
    printf "include_if_exists = 'xds.conf'\n" >>"$data/postgresql.conf"
}

# A string literal of postgresql.conf.
literal() { printf "'%s'" "${1//\'/\'\'}"; }

configure() {
    local settings=$data/xds.conf
    cat >"$settings.new" <<CONF
# Written by $program at every start.
listen_addresses = ''
port = $port
unix_socket_directories = $(literal "\"${socket//\"/\"\"}\"")
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 128MB
max_wal_size = 1GB
checkpoint_timeout = 15min
wal_compression = lz4
default_toast_compression = lz4
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
# Statements and the detail of an error may name a patient: neither reaches the log.
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
fsync = $fsync
synchronous_commit = $fsync
full_page_writes = $fsync
CONF
    [ "$(id -u)" -ne 0 ] || chown "$server_user:$server_group" "$settings.new"
    mv -f -- "$settings.new" "$settings"
}

prepare_log() {
    if [ -f "$log" ] && [ "$(stat -c %s "$log")" -gt 10000000 ]; then mv -f -- "$log" "$log.1"; fi
    : >>"$log"
    chmod 0600 "$log"
    [ "$(id -u)" -ne 0 ] || chown "$server_user:$server_group" "$log"
}

sql() { as_server "$programs/psql" -XqAt -v ON_ERROR_STOP=1 -h "$socket" -p "$port" -U "$role" -d "$1" -c "$2"; }

answers() { as_server "$programs/pg_isready" -q -h "$socket" -p "$port" -U "$role" -d postgres >/dev/null 2>&1; }

start() {
    settle
    choose_programs
    if [ -z "$(server_pid "$data")" ]; then
        initialise
        remove_stale_pid_file
        rm -f -- "$socket/.s.PGSQL.$port" "$socket/.s.PGSQL.$port.lock"
        configure
        prepare_log
        # The server outlives this script: it may not inherit the lock (descriptor 9) nor the caller's pipes.
        (close_inherited && as_server "$programs/pg_ctl" start --wait --silent --timeout="$start_timeout" \
            --pgdata="$data" --log="$log") </dev/null >/dev/null 2>&1 \
            || { tail -n 20 "$log" >&2; fail "the server did not start; its log is $log"; }
    fi
    local deadline=$((SECONDS + start_timeout))
    until answers; do
        [ "$SECONDS" -lt "$deadline" ] || fail "the server does not answer; its log is $log"
        sleep 0.1
    done
    if [ "$(sql postgres "SELECT count(*) FROM pg_database WHERE datname = '$database'")" = 0 ]; then
        sql postgres "CREATE DATABASE $database"
    fi
}

# Keeps the durability the cluster was last started with.
restart() {
    fsync=$(sed -n 's/^fsync = //p' "$data/xds.conf" 2>/dev/null || true)
    fsync=${fsync:-on}
    stop_server "$data" fast
    start
}

crash() {
    local pid; pid=$(server_pid "$data")
    [ -n "$pid" ] || return 0
    local -a family=("$pid")
    kill -STOP "$pid"   # no new children from here on
    local child
    while read -r child; do family+=("$child"); done < <(children_of "$pid")
    kill -KILL "${family[@]}" 2>/dev/null || true
    wait_until_gone 10 "${family[@]}" || fail "the processes ${family[*]} survive SIGKILL"
}

destroy() {
    stop_server "$data" immediate
    local is_link=no
    if [ -L "$directory/data" ] || [ -L "$directory/socket" ]; then is_link=yes; fi
    rm -rf -- "$directory/data" "$directory/data.new" "$directory/socket"
    rm -f -- "$directory/postgres.log" "$directory/postgres.log.1" "$directory/initdb.log" "$directory/lock"
    if [ "$is_link" = yes ]; then
        fallback_directory
        rm -rf -- "$fallback"
    fi
    rmdir -- "$directory" 2>/dev/null || true
}

status() {
    local pid; pid=$(server_pid "$data")
    if [ -z "$pid" ]; then echo "not running"; exit 3; fi
    choose_programs
    answers || { echo "pid $pid, does not answer"; exit 3; }
    echo "running, pid $pid"
}

# A value of a libpq connection string, in quotes only where it needs them.
conninfo_value() {
    if [[ $1 =~ ^[A-Za-z0-9/._-]+$ ]]; then printf '%s' "$1"; return 0; fi
    local value=${1//\\/\\\\}
    printf "'%s'" "${value//\'/\\\'}"
}

[ $# -ge 2 ] || usage
readonly verb=$1
directory=$(realpath -m -- "$2")
readonly directory
fsync=on
case ${3:-} in
    '') ;;
    --no-fsync) [ "$verb" = start ] || usage; fsync=off ;;
    *) usage ;;
esac
choose_server_user
locate

case $verb in
    start | stop | restart | kill)
        mkdir -p "$directory"
        exec 9>"$directory/lock"
        flock 9
        ;;
esac
case $verb in
    start) start ;;
    stop) stop_server "$data" fast ;;
    restart) restart ;;
    kill) crash ;;
    status) status ;;
    conninfo) printf 'host=%s port=%s user=%s dbname=%s\n' "$(conninfo_value "$socket")" "$port" "$role" "$database" ;;
    destroy) destroy ;;
    *) usage ;;
esac
