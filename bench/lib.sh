# Shared by the benchmarks; to be sourced by bash. Every process and file that a benchmark makes is gone when it ends.

set -euo pipefail
export LC_ALL=C

bench=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname -- "$bench")
work=$(mktemp -d "${TMPDIR:-/tmp}/stathub-bench.XXXXXX")
started=()

cleanup() {
  local pid
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf -- "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

die() {
  echo "$(basename -- "$0"): $*" >&2
  exit 2
}

need() { # commands that must be there
  local command
  for command in "$@"; do
    command -v "$command" >/dev/null || die "$command is missing (Debian: apt-get install nginx-light wrk goaccess jq curl clickhouse-server clickhouse-client)"
  done
}

# Two sides that share a core would measure each other.
need_two_cores() { [ "$(nproc)" -ge 2 ] || die "two cores are needed: one for each side"; }

build() { # project -> publishes nothing, prints the folder of its release build
  dotnet build "$root/$1" -c Release -v quiet --nologo >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; die "$1 does not build"; }
  echo "$root/artifacts/bin/$(basename -- "$1")/release"
}

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 30000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

wait_for() { # seconds command...: until it succeeds
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.05
  done
}

# ---- Processor time ------------------------------------------------------------------------------------------------

cpu_of() { # pid -> seconds of user and kernel time so far, ended children not included
  awk -v hz="$(getconf CLK_TCK)" '{ sub(/^.*\) /, ""); print ($12 + $13) / hz }' "/proc/$1/stat"
}

cpu_of_machine() { # -> busy seconds of all cores
  awk -v hz="$(getconf CLK_TCK)" '/^cpu /{ print ($2 + $3 + $4 + $7 + $8 + $9) / hz }' /proc/stat
}

peak_memory_of() { # pid -> MiB
  awk '/^VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$1/status"
}

now() { date +%s.%N; }

# ---- Arithmetic ----------------------------------------------------------------------------------------------------

calc() { awk "BEGIN { printf(\"%.${2:-3}f\\n\", ($1)) }"; }

median() { # numbers, one a line
  sort -g | awk '{ v[NR] = $1 } END { if (NR == 0) exit 1; printf "%.10g", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

verdict() { # value target -> met or missed
  if [ "$(calc "$1 >= $2" 0)" = 1 ]; then echo met; else echo "missed by $(calc "($2 - $1) / $2 * 100" 0) %"; fi
}

# ---- nginx ---------------------------------------------------------------------------------------------------------

# Starts an nginx with the shipped configuration and one worker on core 0, the flood limit off; settings as arguments
# of render.sh's environment. Its data is in $work/NAME, its port in nginx_port, its worker in nginx_worker.
start_nginx() { # name logging|silent [NAME=value...]
  local name=$1 logging=$2 data=$work/$1
  shift 2
  nginx_port=$(free_port)
  mkdir -p "$data/journal" "$data/nginx"
  env STATHUB_DATA="$data" STATHUB_PORT="$nginx_port" STATHUB_WORKERS=1 STATHUB_FLOOD_RATE=off "$@" \
    "$root/nginx/render.sh" "$data/nginx.conf"
  [ "$logging" = logging ] || sed -i -E 's/access_log [^;]*;/access_log off;/' "$data/nginx.conf"
  TZ=UTC taskset -c 0 nginx -e "$data/error.log" -p "$data/nginx" -c "$data/nginx.conf" -g 'daemon off;' &
  local master=$!
  started+=("$master")
  wait_for 10 curl -sf -o /dev/null "http://127.0.0.1:$nginx_port/robots.txt" || { cat "$data/error.log" >&2; die "nginx does not start"; }
  nginx_worker=$(tr -d ' ' <"/proc/$master/task/$master/children")
}

# ---- Load ----------------------------------------------------------------------------------------------------------

# Runs wrk on core 1 and sets rate (requests per second), wrk_cpu (seconds), errors.
run_wrk() { # seconds connections arguments...
  local seconds=$1 connections=$2
  shift 2
  local times
  TIMEFORMAT='%U %S'
  { times=$( { time taskset -c 1 wrk -t1 -c"$connections" -d"${seconds}s" "$@" >"$work/wrk.out"; } 2>&1 ); } || die "wrk failed: $times"
  rate=$(awk '/^Requests\/sec:/ { print $2 }' "$work/wrk.out")
  wrk_cpu=$(awk '{ print $1 + $2 }' <<<"$times")
  # wrk has these lines only when there was something wrong.
  errors=$(awk '/Socket errors|Non-2xx/' "$work/wrk.out")
  [ -n "$rate" ] || die "wrk printed no rate: $(cat "$work/wrk.out")"
}

describe_machine() {
  echo "machine: $(nproc) cores, $(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo), Linux $(uname -r | cut -d- -f1)"
}

# ---- The server ----------------------------------------------------------------------------------------------------

server_folder= cli_folder=
stathub() { dotnet "$cli_folder/stathub.dll" "$@"; }

build_stathub() {
  server_folder=$(build src/StatHub.Server)
  cli_folder=$(build src/StatHub.Cli)
}

# Starts the server on a data folder, with the generator's first N tenants registered, and sets server (pid), api
# (address), token.
start_server() { # data-folder tenants [NAME=value...] -- [command to run it under]
  local data=$1 tenants=$2 settings=() i
  shift 2
  while [ $# -gt 0 ] && [ "$1" != -- ]; do settings+=("$1"); shift; done
  [ $# -eq 0 ] || shift
  settings+=(StatHub__Tenants__Register__0=demo)
  for ((i = 1; i < tenants; i++)); do settings+=("StatHub__Tenants__Register__$i=site$((i + 1))"); done
  mkdir -p "$data/journal"
  api=http://127.0.0.1:$(free_port)
  env -C "$work" StatHub__DataPath="$data" StatHub__Nginx__Reopen=process StatHub__Nginx__PidFile="$data/nginx.pid" \
    Logging__LogLevel__Default=Warning ASPNETCORE_URLS="$api" "${settings[@]}" \
    "$@" dotnet "$server_folder/StatHub.Server.dll" >"$data/server.log" 2>&1 &
  server=$!
  started+=("$server")
  wait_for 20 test -s "$data/admin.token" || { cat "$data/server.log" >&2; die "the server does not start"; }
  token=$(<"$data/admin.token")
  wait_for 20 ask /api/v1/ledger || { cat "$data/server.log" >&2; die "the server does not answer"; }
}

stop_server() {
  kill "$server"
  wait "$server" 2>/dev/null || true
}

ask() { # path -> body
  curl -sf -H "Authorization: Bearer $token" "$api$1"
}

# Moves a file into the journal of the running server, and returns when the ledger has so many lines.
ingest() { # data-folder file lines
  mv -- "$2" "$1/journal/$(basename -- "$2")"
  wait_for_lines "$1" "$3"
}

# Gives up after 300 s and what a twentieth of the usual speed takes.
wait_for_lines() { # data-folder lines
  local patience=$((300 + $2 / 5000)) lines=0
  local deadline=$((SECONDS + patience))
  while [ "$lines" -lt "$2" ]; do
    # Answers when what is in the journal now is committed, after 10 s at the latest: no polling while it reads.
    ask '/api/v1/tenants/demo/count?fresh=true' >/dev/null || die "the server does not answer: $(tail -5 "$1/server.log")"
    lines=$(ask /api/v1/ledger?from=2000-01-01 | jq .lines)
    [ $SECONDS -lt $deadline ] || die "the server has $lines of $2 lines after $patience s"
  done
}

# Brings all finished days of a stopped server's folder into compacted files, as fast as it goes, and leaves the server running.
compact() { # data-folder tenants seconds-at-most [NAME=value...]
  local data=$1 tenants=$2 most=$3
  shift 3
  start_server "$data" "$tenants" StatHub__Compaction__Interval=00:00:01 StatHub__Compaction__MostBytesPerSecond=0 "$@"
  wait_for "$most" is_compacted "$data" || die "it is not compacted after $most s: $(tail -5 "$data/server.log")"
}

is_compacted() { # data-folder: no young segment is left
  ! find "$1/segments" -maxdepth 1 -name '*.jsonl.gz' | grep -q .
}

bytes_of() { # folder or files -> bytes that they take on disk
  du -B1 -sc -- "$@" 2>/dev/null | awk 'END { print $1 }'
}
