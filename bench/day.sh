#!/usr/bin/env bash
# A day at full rate, in small: pixels through nginx at a fixed rate with everything on, then at a peak, then a backlog. nginx
# is on core 0, the loader on core 1, the API on both; the loader's processor time is told apart. The lag is what a client sees:
# the clock at the arrival of a count less its asOf, ten times a second. A line that no answer stands for, or an answer
# without its line, is a miss.
#
#   bench/day.sh [seconds at the rate, 600] [seconds at the peak, 60] [rate, 11600] [peak, 35000] [minutes of backlog, 5]
. "$(dirname -- "$0")/lib.sh"

seconds=${1:-600} peak_seconds=${2:-60} rate=${3:-11600} peak=${4:-35000} minutes=${5:-5}
lag_goal=2 core_goal=1 drain_goal=10 tenants=10 keys=50
data=$work/day

need dotnet nginx curl jq taskset awk
need_two_cores
describe_machine
build_stathub
load_folder=$(build tests/StatHub.Load)
# Before the first cut, so that no cut file has the name of one of the backlog.
first_minute=$(($(date +%s) / 60 * 60 - minutes * 60))

start_nginx day logging STATHUB_LAYOUT=journal STATHUB_TRUSTED_PROXIES=127.0.0.1
start() { start_server "$data" "$tenants" StatHub__Nginx__PidFile="$data/nginx/nginx.pid"; }
start

# ---- At a rate -----------------------------------------------------------------------------------------------------

names=demo
for ((i = 2; i <= tenants; i++)); do names+=,site$i; done
answered=0 accepted=0 missed=0

# Prints what came of each request as JSON.
send() { # rate seconds
  taskset -c 1 dotnet "$load_folder/stathub-load.dll" --server "127.0.0.1:$nginx_port" --requests $(($1 * $2)) --rate "$1" --connections 256 \
    --tenants "$names" --keys "$keys" --post 12 --path '/p/{tenant}/{key}?tv=1.5&s=390x844' --visitors "$work/visitors"
}

# Addresses, browsers, languages and referrers of generated traffic, so that visitors and dimensions have something to tell apart.
stathub generate --lines 50000 2>>"$work/generate.log" |
  jq -r '"X-Forwarded-For: \(.remote_addr)\tUser-Agent: \(.http_user_agent)\tReferer: \(.http_referer)\tAccept-Language: \(.http_accept_language)"' |
  grep -v '[^ -~[:cntrl:]]' >"$work/visitors"

# The shell's own clock, and one curl for all: nothing is started for a sample.
sample() { # seconds file
  curl -sN --rate 10/s -H "Authorization: Bearer $token" -w '\n' "$api/api/v1/tenants/demo/count#[1-$(($1 * 10))]" |
    while read -r body; do echo "$EPOCHREALTIME $body"; done >"$2"
}

lags_of() { # file of samples -> seconds, in ascending order
  sed -nE 's/^([0-9.]+) .*"asOf":"([^"]+)".*/\1 \2/p' "$1" >"$1.short"
  cut -d' ' -f2 "$1.short" | date -uf - +%s.%N | paste -d' ' "$1.short" - | awk '{ printf "%.3f\n", $1 - $3 }' | sort -g
}

percentile() { # percent: of numbers in ascending order, one a line
  awk -v percent="$1" '{ v[NR] = $1 } END { if (NR == 0) exit 1; i = int(NR * percent / 100 + 0.999999); print v[i < 1 ? 1 : i] }'
}

run() { # title rate seconds
  local cpu nginx_cpu machine report sampler took loader_cpu
  cpu=$(cpu_of "$server") nginx_cpu=$(cpu_of "$nginx_worker") machine=$(cpu_of_machine)
  sample "$3" "$work/$1.samples" &
  sampler=$!
  started+=("$sampler")
  report=$(send "$2" "$3") || die "not every request was answered: $report"
  wait "$sampler" || die "the count cannot be asked"
  answered=$((answered + $(jq .answered <<<"$report")))
  accepted=$((accepted + $(jq '.answered200 + .answered204 + .answered304' <<<"$report")))
  wait_for_lines "$data" "$answered"
  # All work that these lines made, over the time in which they came.
  took=$(jq .seconds <<<"$report")
  cpu=$(calc "($(cpu_of "$server") - $cpu) / $took") nginx_cpu=$(calc "($(cpu_of "$nginx_worker") - $nginx_cpu) / $took")
  cores=$(calc "$cpu + $nginx_cpu") loader_cpu=$(jq .cpuSeconds <<<"$report")
  lags_of "$work/$1.samples" >"$work/$1.lags"
  lag=$(percentile 99 <"$work/$1.lags")
  reached=$(jq '.answersPerSecond | round' <<<"$report")
  printf '| %s | %.0f of %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.1f, %.1f | %s | %s | %.1f |\n' "$1" "$reached" "$2" "$cpu" "$nginx_cpu" "$cores" \
    "$(calc "$loader_cpu / $took")" "$(calc "$(cpu_of_machine) - $machine - ($cores * $took) - $loader_cpu" 1)" \
    "$(jq .latencyP50Milliseconds <<<"$report")" "$(jq .latencyP99Milliseconds <<<"$report")" "$(percentile 50 <"$work/$1.lags")" "$lag" "$(tail -1 "$work/$1.lags")"
}

judge() { # what value is-met target
  echo "$1: $2; target $4: $3"
  [ "$3" = met ] || missed=1
}

met() { # condition -> met or missed
  if [ "$(calc "$1" 0)" = 1 ]; then echo met; else echo missed; fi
}

# Until the runtime has compiled the hot paths for good.
send "$rate" 5 >"$work/warm.json" || die "not every request was answered: $(<"$work/warm.json")"
answered=$(jq .answered "$work/warm.json") accepted=$answered
wait_for_lines "$data" "$answered"
printf '\n| | answers/s | API, cores | nginx | both | loader | others, CPU s | pixel ms p50, p99 | lag s p50 | p99 | most |\n|---|---|---|---|---|---|---|---|---|---|---|\n'
run rate "$rate" "$seconds"
rate_lag=$lag rate_cores=$cores rate_reached=$reached
run peak "$peak" "$peak_seconds"
peak_lag=$lag peak_reached=$reached
ledger=$(ask /api/v1/ledger?from=2000-01-01)
echo "visitors of demo: $(ask /api/v1/tenants/demo/count | jq .visitors)"
read -r lines counted refused < <(jq -r '"\(.lines) \(.counted) \([.rejected[]?] | add // 0)"' <<<"$ledger")

# ---- The backlog ---------------------------------------------------------------------------------------------------

stop_server
backlog=$((rate * 60 * minutes))
for ((i = 0; i < minutes; i++)); do
  minute=$((first_minute + i * 60))
  stathub generate --from "$(date -ud "@$minute" +%FT%TZ)" --to "$(date -ud "@$((minute + 60))" +%FT%TZ)" --lines $((rate * 60)) --seed "$((i + 1))" \
    --tenants "$tenants" --keys "$keys" --out "$data/journal/hits-$(date -ud "@$minute" +%F-%H-%M).log" 2>>"$work/generate.log"
done
began=$(now) machine=$(cpu_of_machine)
start
wait_for_lines "$data" $((answered + backlog))
drain=$(calc "$(now) - $began") cpu=$(cpu_of "$server")
multiple=$(calc "$minutes * 60 / $drain" 1)
drained=$(ask /api/v1/ledger?from=2000-01-01 | jq .counted)

echo
echo "backlog: $backlog lines in $drain s with the start, $cpu CPU s, $(calc "$backlog / $drain" 0) lines/s, peak $(peak_memory_of "$server") MiB, others $(calc "$(cpu_of_machine) - $machine - $cpu" 1) CPU s"
echo
judge 'answers/s at the rate' "$rate_reached" "$(met "$rate_reached >= 0.99 * $rate")" "99 % of $rate"
judge 'answers/s at the peak' "$peak_reached" "$(met "$peak_reached >= 0.99 * $peak")" "99 % of $peak"
judge 'lag at the rate, p99 s' "$rate_lag" "$(met "$rate_lag <= $lag_goal")" "at most $lag_goal"
judge 'lag at the peak, p99 s' "$peak_lag" "$(met "$peak_lag <= $lag_goal")" "at most $lag_goal"
judge 'cores of nginx and API at the rate' "$rate_cores" "$(met "$rate_cores <= $core_goal")" "at most $core_goal"
judge 'ledger' "$answered answers = $lines lines, $accepted accepted = $counted counted, $refused refused, $((drained - counted)) of $backlog drained" \
  "$(met "$answered == $lines && $accepted == $counted && $lines == $counted + $refused && $drained - $counted == $backlog")" 'both sides equal'
judge 'drain, times real time' "$multiple" "$(met "$multiple >= $drain_goal")" "at least $drain_goal"
exit $missed
