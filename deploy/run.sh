#!/bin/bash
# Runs StatHub in the foreground: nginx in front, the API behind it. Ctrl-C stops both.
#
#   STATHUB_PORT      public port (8080)              STATHUB_PREFIX  first part of a pixel's path (p)
#   STATHUB_API_PORT  the API's loopback port (8081)  STATHUB_LISTEN  addresses of nginx (127.0.0.1)
#   STATHUB_DATA      data folder (./data)            STATHUB_LAYOUT  journal, buffered or files
#   STATHUB_BUILD     no: start what is built already
#
# nginx/README.md has the rest of nginx's settings; those of the API are StatHub__Section__Name.
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/deploy/packages.sh"

port=${STATHUB_PORT:-8080}
api_port=${STATHUB_API_PORT:-8081}
data=${STATHUB_DATA:-data}
prefix=${STATHUB_PREFIX:-p}
listen=${STATHUB_LISTEN:-127.0.0.1}
layout=${STATHUB_LAYOUT:-journal}
case $data in /*) ;; *) data=$root/${data#./} ;; esac
journal=$data/journal
nginx_folder=$data/nginx
server=$root/artifacts/bin/StatHub.Server/release

build_pid=
api_pid=
nginx_pid=
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

fail() {
  echo "$*" >&2
  exit 1
}

# ---- Before the start ----------------------------------------------------------------------------------------------

find_programs() {
  local missing
  mapfile -t missing < <(missing_packages nginx:nginx)
  if [ ${#missing[@]} -gt 0 ]; then
    # curl is for the lines that are printed at the end; nothing here needs it.
    mapfile -t missing < <(missing_packages nginx:nginx curl:curl)
    install_packages "${missing[@]}" || exit 1
  fi
  nginx=$(find_program nginx)
  command -v dotnet >/dev/null ||
    fail 'The .NET SDK 10 is missing: https://dotnet.microsoft.com/download, or apt-get install dotnet-sdk-10.0'
  (cd "$root" && dotnet --version >/dev/null) || fail 'This .NET SDK is too old, see global.json for the one that is needed.'
}

# Renders before anything else happens, so that every mistake in the settings is said at once.
render() {
  # The journal has whole addresses until they are treated.
  (umask 077 && mkdir -p -- "$journal" "$nginx_folder") || fail "The data folder cannot be made: $data"
  STATHUB_DATA=$data STATHUB_JOURNAL_FOLDER=$journal STATHUB_NGINX_FOLDER=$nginx_folder \
    STATHUB_API='' STATHUB_API_PORT=$api_port STATHUB_RESOLVER='' sh "$root/nginx/render.sh" "$1"
}

listens() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

check_ports() {
  [ "$port" != "$api_port" ] || fail "STATHUB_PORT and STATHUB_API_PORT are both $port; they must differ."
  if listens "$(own_address)" "$port"; then
    fail "Port $port is taken. Choose another one: STATHUB_PORT=8090 deploy/run.sh"
  fi
  if listens 127.0.0.1 "$api_port"; then
    fail "Port $api_port is taken. Choose another one for the API: STATHUB_API_PORT=8091 deploy/run.sh"
  fi
}

# The address at which this machine reaches nginx.
own_address() {
  local first=${listen%%[ ,]*}
  first=${first#[}
  first=${first%]}
  case $first in
    0.0.0.0 | '*') echo 127.0.0.1 ;;
    ::) echo ::1 ;;
    *) echo "$first" ;;
  esac
}

build() {
  if [ "${STATHUB_BUILD:-yes}" = no ]; then
    [ -f "$server/StatHub.Server.dll" ] || fail 'Nothing is built yet; start without STATHUB_BUILD=no.'
    return
  fi
  echo "Building ..."
  mkdir -p -- "$root/artifacts"
  # Two copies of one checkout build one after the other, and no build server stays behind.
  (start flock "$root/artifacts/build.lock" dotnet build "$root/src/StatHub.Server" -c Release --disable-build-servers \
    --nologo -v quiet) >"$data/build.log" &
  build_pid=$!
  # A foreground command would keep a signal waiting until it ends.
  wait "$build_pid" || {
    cat -- "$data/build.log" >&2
    fail 'The build failed.'
  }
  build_pid=
  rm -f -- "$data/build.log"
}

# ---- Start and stop ------------------------------------------------------------------------------------------------

# Its own process group, so that Ctrl-C reaches only this script; TERM when this script is killed.
start() {
  local death=()
  if setpriv --pdeathsig TERM true 2>/dev/null; then
    death=(setpriv --pdeathsig TERM)
  fi
  exec "${death[@]}" setsid "$@" </dev/null
}

start_api() {
  (
    cd "$server"
    # .NET would put sockets into /tmp.
    export DOTNET_EnableDiagnostics=0
    export ASPNETCORE_URLS=http://127.0.0.1:$api_port
    export StatHub__DataPath=$data
    export StatHub__Prefix=$prefix
    export StatHub__PublicUrl=$url
    export StatHub__Nginx__Layout=$layout
    export StatHub__Nginx__Reopen=process
    export StatHub__Nginx__PidFile=$nginx_folder/nginx.pid
    export StatHub__Tenants__Register__0=${StatHub__Tenants__Register__0:-demo}
    start dotnet StatHub.Server.dll
  ) &
  api_pid=$!
}

start_nginx() {
  # What an earlier run left there is not what this one has to say.
  : >"$nginx_folder/error.log"
  (
    # Per-minute files are named in UTC.
    export TZ=UTC
    start "$nginx" -e "$nginx_folder/error.log" -p "$nginx_folder" -c "$nginx_folder/nginx.conf" -g 'daemon off;'
  ) &
  nginx_pid=$!
}

is_alive() { [ -n "$1" ] && kill -0 "$1" 2>/dev/null; }

group_is_alive() { kill -0 -- "-$1" 2>/dev/null || kill -0 "$1" 2>/dev/null; }

# Signals a group, and waits for its end for so many tenths of a second.
signal_group() { # signal pid tenths
  local i
  # A process that was just forked has no group of its own yet.
  kill -s "$1" -- "-$2" 2>/dev/null || kill -s "$1" "$2" 2>/dev/null || true
  for ((i = 0; i < $3; i++)); do
    group_is_alive "$2" || return 0
    sleep 0.1
  done
  return 1
}

stop() {
  trap - EXIT
  # A second Ctrl-C does not wait.
  trap 'kill_all; exit 1' INT TERM HUP
  if [ -n "$build_pid" ]; then
    signal_group TERM "$build_pid" 50 || signal_group KILL "$build_pid" 20 || true
  fi
  if [ -n "$nginx_pid" ]; then
    # The master tells its workers; a signal to the whole group reaches those that lost their master.
    kill -s QUIT "$nginx_pid" 2>/dev/null && wait_for "$nginx_pid" 30
    signal_group TERM "$nginx_pid" 30 || signal_group KILL "$nginx_pid" 20 || true
  fi
  if [ -n "$api_pid" ]; then
    # It ends its commit first.
    signal_group TERM "$api_pid" 300 || signal_group KILL "$api_pid" 20 || true
  fi
  wait
}

wait_for() { # pid tenths
  local i
  for ((i = 0; i < $2; i++)); do
    is_alive "$1" || return 0
    sleep 0.1
  done
}

kill_all() {
  local pid
  for pid in $build_pid $nginx_pid $api_pid; do
    kill -s KILL -- "-$pid" 2>/dev/null || true
  done
}

# ---- Readiness -----------------------------------------------------------------------------------------------------

# The status code of a GET from the API, by the shell's own sockets: curl may be missing.
status_of() { # path
  local status=000
  {
    printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$1" >&3
    read -r -t 10 _ status _ <&3 || true
  } 2>/dev/null 3<>"/dev/tcp/127.0.0.1/$api_port" || true
  printf '%s' "$status"
}

wait_for_api() {
  local i
  for ((i = 0; i < 600; i++)); do
    is_alive "$api_pid" || fail_with_api
    [ "$(status_of /healthz)" = 000 ] || return 0
    sleep 0.1
  done
  fail 'The API does not answer after a minute.'
}

fail_with_api() {
  fail "The API ended before it was ready; its message is above. nginx was not started."
}

wait_for_nginx() {
  local i
  for ((i = 0; i < 100; i++)); do
    is_alive "$nginx_pid" || fail_with_nginx
    ! listens "$(own_address)" "$port" || return 0
    sleep 0.1
  done
  fail 'nginx does not answer after 10 seconds.'
}

fail_with_nginx() {
  tail -n 5 -- "$nginx_folder/error.log" >&2
  fail "nginx does not start: see above, or $nginx_folder/error.log"
}

wait_until_ready() {
  local i
  for ((i = 0; i < 300; i++)); do
    if ! is_alive "$api_pid" || ! is_alive "$nginx_pid"; then return; fi
    [ "$(status_of /readyz)" != 200 ] || return 0
    sleep 0.1
  done
  echo "StatHub runs but is not ready after 30 seconds; $url/readyz says why." >&2
}

# ---- What to do with it --------------------------------------------------------------------------------------------

public_url() {
  local address scheme=http public_port=$port
  address=$(own_address)
  case $address in *:*) address="[$address]" ;; esac
  if [ -n "${STATHUB_TLS_CERTIFICATE:-}" ]; then
    scheme=https
    public_port=${STATHUB_TLS_PORT:-$port}
  fi
  printf '%s' "${STATHUB_PUBLIC_URL:-$scheme://$address:$public_port}"
}

print_welcome() {
  local pixel=$url/$prefix/demo/home scope=$url/api/v1/tenants/demo
  local curl="curl -H \"Authorization: Bearer \$(cat '$data/admin.token')\""
  cat <<WELCOME

StatHub runs; Ctrl-C stops it.

Pixel     $pixel
HTML      <img src="$pixel" width="1" height="1" alt="" referrerpolicy="no-referrer-when-downgrade">

Hit       curl -o /dev/null '$pixel'
Count     $curl '$scope/keys/home/count?fresh=true'
Raw hits  $curl '$scope/hits?fresh=true'
Ledger    $curl '$url/api/v1/ledger'

WELCOME
}

watch() {
  local code=0
  # Without the shell's own report of the death.
  { wait -n "$api_pid" "$nginx_pid"; } 2>/dev/null || code=$?
  if is_alive "$api_pid"; then
    echo "nginx ended with code $code; stopping the API. See $nginx_folder/error.log" >&2
  else
    echo "The API ended with code $code; stopping nginx." >&2
  fi
  exit 1
}

main() {
  find_programs
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  url=$(public_url)
  # Into a new file: the folder may belong to a copy that runs.
  render "$nginx_folder/nginx.conf.$$" || { rm -f -- "$nginx_folder/nginx.conf.$$"; exit 1; }
  trap 'rm -f -- "$nginx_folder/nginx.conf.$$"; stop' EXIT
  check_ports
  build
  # The API comes first: it refuses a folder that another copy owns, and then no second nginx writes there.
  start_api
  wait_for_api
  mv -f -- "$nginx_folder/nginx.conf.$$" "$nginx_folder/nginx.conf"
  start_nginx
  wait_for_nginx
  wait_until_ready
  print_welcome
  trap 'stop; echo "StatHub has stopped."; exit 0' INT TERM HUP
  watch
}

main
