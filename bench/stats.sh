#!/usr/bin/env bash
# Updates of stats over HTTP, each on disk before its answer, and questions about a dim of 100 values, with 32 connections; beside them redis that
# increments counters with appendfsync always. Nothing is pinned: a round measures each of them once, in turning order.
#
#   bench/stats.sh [rounds, 3] [seconds a measurement, 5]
. "$(dirname -- "$0")/lib.sh"

rounds=${1:-3} seconds=${2:-5} connections=32
# Three times what the Go server did that these stats are compatible with, and ten times.
updates_goal=23700 questions_goal=4800

need dotnet wrk curl awk redis-server redis-benchmark
describe_machine
build_stathub

# The data folder lies below the folder that the server is started in: watching that for changed settings would be measured, too.
start_server "$work/data" 1 DOTNET_hostBuilder__reloadConfigOnChange=false
ask_tenant='?tenant=demo'
redis_port=$(free_port)
mkdir "$work/redis"
redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$work/redis" --appendonly yes --appendfsync always --save '' >"$work/redis.log" 2>&1 &
started+=("$!")
wait_for 10 redis-cli -p "$redis_port" ping || die "redis does not start: $(tail -3 "$work/redis.log")"

# As run_wrk of lib.sh, on any core.
load() { # arguments... -> rate
  wrk -t1 -c"$connections" -d"${seconds}s" -H "Authorization: Bearer $token" "$@" >"$work/wrk.out" || die "wrk failed"
  ! grep -E 'Socket errors|Non-2xx' "$work/wrk.out" >&2 || die "not every request succeeded"
  rate=$(awk '/^Requests\/sec:/ { print $2 }' "$work/wrk.out")
}

measure() { # updates|questions|redis
  local machine_before server_before requests
  machine_before=$(cpu_of_machine) server_before=$(cpu_of "$server")
  case $1 in
    updates) load -s "$work/updates.lua" "$api" ;;
    questions) load "$api/stats/country$ask_tenant" ;;
    redis)
      redis-benchmark -p "$redis_port" -c "$connections" -n "$((seconds * 5000))" -r 1000 -t incr --csv >"$work/redis.out"
      rate=$(awk -F'"' '/INCR/ { print $4 }' "$work/redis.out") ;;
  esac
  echo "$rate" >>"$work/$1.rate"
  requests=$(calc "$rate * $seconds" 0)
  printf '%-10s %8.0f/s   server %5.1f us each   whole machine %5.2f CPU s\n' \
    "$1" "$rate" "$(calc "($(cpu_of "$server") - $server_before) * 1e6 / $requests" 1)" "$(calc "$(cpu_of_machine) - $machine_before" 2)"
}

sed "s|\"/stats/id\" .. id|\"/stats/id\" .. id .. \"$ask_tenant\"|" "$bench/updates.lua" >"$work/updates.lua"
variants=(updates questions redis)
seconds_measured=$seconds seconds=2
load -s "$work/updates.lua" "$api"
load "$api/stats/country$ask_tenant"
seconds=$seconds_measured
for ((round = 0; round < rounds; round++)); do
  for ((i = 0; i < ${#variants[@]}; i++)); do measure "${variants[(i + round) % ${#variants[@]}]}"; done
done

# Every acknowledged update is there: each added one.
told=$(ask "/stats/country$ask_tenant" | jq '.dims.country.total.counters.requests')
updates=$(curl -sf "$api/metrics" | awk '/^stathub_stats_updates_total/ { print $2 }')
[ "$told" = "$updates" ] || die "the sum is $told after $updates updates"

updates_rate=$(median <"$work/updates.rate") questions_rate=$(median <"$work/questions.rate") redis_rate=$(median <"$work/redis.rate")
printf '\n| what | a second | target |\n|---|---|---|\n'
printf '| updates | %.0f | %s: %s |\n' "$updates_rate" $updates_goal "$(verdict "$updates_rate" $updates_goal)"
printf '| questions about 100 values | %.0f | %s: %s |\n' "$questions_rate" $questions_goal "$(verdict "$questions_rate" $questions_goal)"
printf '| redis INCR, appendfsync always | %.0f | updates / redis: %.2f |\n' "$redis_rate" "$(calc "$updates_rate / $redis_rate")"
[ "$(calc "$updates_rate >= $updates_goal && $questions_rate >= $questions_goal" 0)" = 1 ]
