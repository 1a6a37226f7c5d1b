#!/usr/bin/env bash
# Requests per second of `count` over a year of one key / an endpoint of the same Kestrel that answers nothing. Both on
# core 0, wrk on core 1; each round measures both once.
#
#   bench/query.sh [rounds, 7] [seconds a measurement, 5] [lines of the year, 500000]
. "$(dirname -- "$0")/lib.sh"

rounds=${1:-7} seconds=${2:-5} connections=32 lines=${3:-500000} goal=0.4
question='/api/v1/tenants/demo/keys/home/count?from=2025-01-01&to=2026-01-01'

need dotnet wrk curl jq taskset awk
need_two_cores
describe_machine
build_stathub
empty_folder=$(build bench/EmptyEndpoint)

stathub generate --from 2025-01-01 --to 2026-01-01 --lines $lines --keys 50 --out "$work/hits-2026-01-01-00-00.log" 2>&1 | sed 's/^/journal: /'
start_server "$work/data" 1
ingest "$work/data" "$work/hits-2026-01-01-00-00.log" $lines
stop_server
start_server "$work/data" 1 -- taskset -c 0
expected=$(ask '/api/v1/tenants/demo/count?from=2025-01-01&to=2026-01-01' | jq .hits)
[ "$expected" = $lines ] || die "$expected hits are counted, $lines were written"
echo "answer: $(ask "$question")"

empty=http://127.0.0.1:$(free_port)
ASPNETCORE_URLS=$empty taskset -c 0 dotnet "$empty_folder/EmptyEndpoint.dll" >"$work/empty.log" 2>&1 &
empty_pid=$!
started+=("$empty_pid")
wait_for 20 curl -sf "$empty/" || die "the empty endpoint does not start: $(cat "$work/empty.log")"

declare -A url=([count]="$api$question" [empty]="$empty/") pid=([count]=$server [empty]=$empty_pid)

load() { # side seconds
  run_wrk "$2" $connections --latency -H "Authorization: Bearer $token" "${url[$1]}"
  [ -z "$errors" ] || die "$1: $errors"
}

measure() { # side
  local cpu machine
  cpu=$(cpu_of "${pid[$1]}") machine=$(cpu_of_machine)
  load "$1" "$seconds"
  cpu=$(calc "$(cpu_of "${pid[$1]}") - $cpu")
  echo "$rate" >>"$work/$1.rate"
  echo "$cpu" >>"$work/$1.cpu"
  echo "$wrk_cpu" >>"$work/$1.wrk_cpu"
  calc "$cpu * 1e6 / ($rate * $seconds)" >>"$work/$1.cost"
  printf '%-6s %8.0f/s   p99 %s   server %5.2f CPU s   wrk %5.2f CPU s   others %4.1f CPU s\n' "$1" "$rate" \
    "$(awk '$1 == "99%" { print $2 }' "$work/wrk.out")" "$cpu" "$wrk_cpu" "$(calc "$(cpu_of_machine) - $machine - $cpu - $wrk_cpu" 1)"
}

# Until the runtime has compiled the hot paths for good.
for side in count empty; do load $side 4; done
for ((round = 1; round <= rounds; round++)); do
  if ((round % 2)); then measure empty; measure count; else measure count; measure empty; fi
done

paste "$work/count.rate" "$work/empty.rate" | awk '{ printf "%.3f\n", $1 / $2 }' | sort -g >"$work/ratios"
by_cpu=$(paste "$work/empty.cost" "$work/count.cost" | awk '{ printf "%.3f\n", $1 / $2 }' | median)
ratio=$(median <"$work/ratios")
printf '\n| endpoint | requests/s | server CPU s | wrk CPU s |\n|---|---|---|---|\n'
for side in count empty; do
  printf '| %s | %.0f | %.2f | %.2f |\n' $side "$(median <"$work/$side.rate")" "$(median <"$work/$side.cpu")" "$(median <"$work/$side.wrk_cpu")"
done
echo
echo "ratio: $ratio (lowest $(head -1 "$work/ratios"), highest $(tail -1 "$work/ratios")), by CPU $by_cpu; target $goal: $(verdict "$ratio" $goal)"
[ "$(verdict "$ratio" $goal)" = met ]
