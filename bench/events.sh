#!/usr/bin/env bash
# Events per second, each on disk before its answer, one a request and a thousand a request, while they are counted; beside an endpoint of the same Kestrel that answers
# nothing, and what the disk does with one fsync after the other. The server has both cores, wrk one of them.
#
#   bench/events.sh [rounds, 3] [seconds a measurement, 10] [connections, 64]
. "$(dirname -- "$0")/lib.sh"

rounds=${1:-3} seconds=${2:-10} connections=${3:-64} single_goal=20000 batch_goal=300000

need dotnet wrk curl jq taskset awk
need_two_cores
describe_machine
build_stathub
empty_folder=$(build bench/EmptyEndpoint)

start_server "$work/data" 1
write=$(curl -sf -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{"name":"bench","scopes":["write"]}' "$api/api/v1/tenants/demo/tokens" | jq -r .token)

empty=http://127.0.0.1:$(free_port)
ASPNETCORE_URLS=$empty dotnet "$empty_folder/EmptyEndpoint.dll" >"$work/empty.log" 2>&1 &
empty_pid=$!
started+=("$empty_pid")
wait_for 20 curl -sf "$empty/" || die "the empty endpoint does not start: $(cat "$work/empty.log")"

# One write of a line and one fsync after the other.
dd if=/dev/zero of="$work/sync" bs=300 count=500 oflag=dsync 2>&1 | awk '/copied/ { for (i = 1; i < NF; i++) if ($(i + 1) ~ /^s,?$/) printf "disk: %.0f writes with fsync a second, one after the other\n", 500 / $i }'

declare -A url=([single]="$api/log/event/" [batch]="$api/api/v1/tenants/demo/events" [empty]="$empty/") size=([single]=1 [batch]=1000)
declare -A pid=([single]=$server [batch]=$server [empty]=$empty_pid)
declare -A many=([single]=$connections [batch]=8 [empty]=$connections)

load() { # side seconds
  if [ "$1" = empty ]; then
    run_wrk "$2" "${many[$1]}" --latency "${url[$1]}"
  else
    run_wrk "$2" "${many[$1]}" --latency -H "Authorization: Bearer $write" -s "$bench/events.lua" "${url[$1]}" -- "${size[$1]}"
  fi
  [ -z "$errors" ] || die "$1: $errors: $(tail -3 "$work/data/server.log")"
}

accepted() { curl -sf "$api/metrics" | awk '$1 == "stathub_events_accepted_total" { print $2 }'; }

measure() { # side
  local cpu machine before=0 events
  cpu=$(cpu_of "${pid[$1]}") machine=$(cpu_of_machine)
  [ "$1" = empty ] || before=$(accepted)
  load "$1" "$seconds"
  cpu=$(calc "$(cpu_of "${pid[$1]}") - $cpu")
  events=$rate
  [ "$1" = empty ] || events=$(calc "($(accepted) - $before) / $seconds" 0)
  echo "$events" >>"$work/$1.rate"
  printf '%-7s %8.0f requests/s %9.0f events/s   p50 %s   p99 %s   server %5.2f CPU s, %5.1f us a request   wrk %5.2f CPU s   others %4.1f CPU s\n' "$1" "$rate" "$events" \
    "$(awk '$1 == "50%" { print $2 }' "$work/wrk.out")" "$(awk '$1 == "99%" { print $2 }' "$work/wrk.out")" "$cpu" "$(calc "$cpu * 1e6 / ($rate * $seconds)")" "$wrk_cpu" "$(calc "$(cpu_of_machine) - $machine - $cpu - $wrk_cpu" 1)"
  # What waits is counted before the next is measured.
  [ "$1" = empty ] || wait_for_lines "$work/data" "$(accepted)"
}

for side in single batch empty; do load $side 3; done
for ((round = 1; round <= rounds; round++)); do
  if ((round % 2)); then for side in empty single batch; do measure $side; done; else for side in batch single empty; do measure $side; done; fi
done

sent=$(accepted)
wait_for_lines "$work/data" "$sent"
counted=$(ask /api/v1/ledger?from=2000-01-01 | jq .counted)
echo "ledger: $counted counted, $sent acknowledged"
# An answer that wrk did not wait for is counted and acknowledged to nobody.
[ "$counted" -ge "$sent" ] || die "events were lost"
echo "peak memory: $(peak_memory_of "$server") MiB"

single=$(median <"$work/single.rate") batch=$(median <"$work/batch.rate") ratio=$(paste "$work/single.rate" "$work/empty.rate" | awk '{ print $1 / $2 }' | median)
echo
echo '| events a second | | target |'
echo '|---|---|---|'
printf '| one a request | %.0f (%.2f of the empty endpoint) | %d: %s |\n' "$single" "$ratio" $single_goal "$(verdict "$single" $single_goal)"
printf '| a thousand a request | %.0f | %d: %s |\n' "$batch" $batch_goal "$(verdict "$batch" $batch_goal)"
[ "$(calc "$single >= $single_goal && $batch >= $batch_goal" 0)" = 1 ]
