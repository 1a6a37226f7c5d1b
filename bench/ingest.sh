#!/usr/bin/env bash
# Lines per second from the journal to a durable commit, against goaccess on the same hits as a combined log. The server
# runs already; its clock runs from the rename of a finished file into the journal to the ledger that has every line, or,
# with `log`, from the begin of an import of the combined log itself.
#
#   bench/ingest.sh [rounds, 5] [lines, 1000000] [journal or log, journal]
. "$(dirname -- "$0")/lib.sh"

# 20 tenants with 25 keys each: 500 keys.
rounds=${1:-5} lines=${2:-1000000} way=${3:-journal} tenants=20 keys=25 goal=10 memory_goal=300
span=(--from 2025-06-01 --to 2025-06-02 --lines "$lines" --tenants "$tenants" --keys "$keys")

need dotnet goaccess curl jq awk
need_two_cores
describe_machine
build_stathub
stathub generate "${span[@]}" --out "$work/hits.log" 2>&1 | sed 's/^/journal:  /'
stathub generate "${span[@]}" --format combined --out "$work/combined.log" 2>&1 | sed 's/^/combined: /'
echo "goaccess: $(goaccess --version | awk 'NR == 1 { print $3 }')"

seconds_since() { calc "$(now) - $1"; }

measure_stathub() { # round
  local data=$work/data$1 start cpu machine
  start_server "$data" "$tenants"
  [ "$way" = log ] || ln "$work/hits.log" "$data/hits-2025-06-02-00-00.log"
  cpu=$(cpu_of "$server") machine=$(cpu_of_machine) start=$(now)
  if [ "$way" = log ]; then
    curl -sf -H "Authorization: Bearer $token" -X POST -T "$work/combined.log" "$api/api/v1/tenants/demo/logs" -o "$work/imported.json" || die "the log was not imported"
    wait_for_lines "$data" "$lines"
  else
    ingest "$data" "$data/hits-2025-06-02-00-00.log" "$lines"
  fi
  wall=$(seconds_since "$start") cpu=$(calc "$(cpu_of "$server") - $cpu")
  local ledger
  ledger=$(ask /api/v1/ledger?from=2000-01-01)
  [ "$(jq .counted <<<"$ledger")" = "$lines" ] || die "not every line was counted: $ledger"
  local memory
  memory=$(peak_memory_of "$server")
  stop_server
  du -sm "$data" | awk '{ print $1 }' >"$work/disk"
  rm -rf "$data"
  report stathub "$wall" "$cpu" "$memory" "$machine"
}

measure_goaccess() {
  local start machine times
  machine=$(cpu_of_machine) start=$(now)
  TIMEFORMAT='%U %S'
  { times=$( { time goaccess "$work/combined.log" --log-format=COMBINED --no-global-config --no-progress \
    -o "$work/report.json" >/dev/null 2>"$work/goaccess.err"; } 2>&1 ); } || die "goaccess failed: $(cat "$work/goaccess.err")"
  wall=$(seconds_since "$start")
  [ "$(jq .general.total_requests "$work/report.json")" = "$lines" ] || die "goaccess has not counted every line"
  report goaccess "$wall" "$(awk '{ print $1 + $2 }' <<<"$times")" - "$machine"
}

report() { # side wall cpu memory machine-before
  echo "$2" >>"$work/$1.wall"
  echo "$3" >>"$work/$1.cpu"
  [ "$4" = - ] || echo "$4" >>"$work/$1.memory"
  printf '%-9s %7.2f s   %6.2f CPU s   %8.0f lines/s   peak %s MiB   others %.1f CPU s\n' "$1" "$2" "$3" \
    "$(calc "$lines / $2")" "$4" "$(calc "$(cpu_of_machine) - $5 - $3" 1)"
}

for ((round = 1; round <= rounds; round++)); do
  measure_stathub "$round"
  measure_goaccess
done

paste "$work/goaccess.wall" "$work/stathub.wall" | awk '{ printf "%.3f\n", $1 / $2 }' | sort -g >"$work/ratios"
paste "$work/goaccess.cpu" "$work/stathub.cpu" | awk '{ printf "%.3f\n", $1 / $2 }' >"$work/cpu_ratios"
ratio=$(median <"$work/ratios") memory=$(sort -g "$work/stathub.memory" | tail -1)
printf '\n| side | seconds | lines/s | CPU s | peak MiB |\n|---|---|---|---|---|\n'
for side in stathub goaccess; do
  wall=$(median <"$work/$side.wall")
  printf '| %s | %.2f | %.0f | %.2f | %s |\n' "$side" "$wall" "$(calc "$lines / $wall")" "$(median <"$work/$side.cpu")" \
    "$([ $side = goaccess ] || echo "$memory")"
done
echo
echo "ratio: $ratio (lowest $(head -1 "$work/ratios"), highest $(tail -1 "$work/ratios")), by CPU $(median <"$work/cpu_ratios"); target $goal: $(verdict "$ratio" $goal)"
echo "memory: $memory MiB; target below $memory_goal: $([ "$memory" -lt $memory_goal ] && echo met || echo missed)"
echo "disk: $(<"$work/disk") MiB for $lines lines"
[ "$(verdict "$ratio" $goal)" = met ] && [ "$memory" -lt $memory_goal ]
