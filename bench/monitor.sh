#!/usr/bin/env bash
# What `stathub monitor` takes: its pass over a combined log, against goaccess on the same one; then, following a log that grows by a
# fixed number of lines a second, its processor time and its lag, that is how old the newest line is that it has read while some wait.
#
#   bench/monitor.sh [rounds, 3] [lines, 1000000] [seconds, 30] [lines a second, 50000]
. "$(dirname -- "$0")/lib.sh"

rounds=${1:-3} lines=${2:-1000000} seconds=${3:-30} per_second=${4:-50000} goal=20

need dotnet goaccess jq awk
need_two_cores
describe_machine
stathub=$(build src/StatHub.Cli)/stathub
"$stathub" generate --from 2025-06-01 --to 2025-06-02 --lines "$lines" --tenants 20 --keys 25 --format combined --out "$work/combined.log" 2>&1 | sed 's/^/combined: /'

measure() { # side command...: its wall clock and its processor time
  local side=$1 start machine times
  shift
  machine=$(cpu_of_machine) start=$(now)
  TIMEFORMAT='%U %S'
  { times=$( { time "$@" >"$work/$side.out" 2>"$work/$side.err"; } 2>&1 ); } || die "$side failed: $(cat "$work/$side.err")"
  wall=$(calc "$(now) - $start") cpu=$(awk '{ print $1 + $2 }' <<<"$times")
  echo "$wall" >>"$work/$side.wall"
  echo "$cpu" >>"$work/$side.cpu"
  printf '%-9s %7.2f s   %6.2f CPU s   %8.0f lines/s   others %.1f CPU s\n' "$side" "$wall" "$cpu" "$(calc "$lines / $wall")" "$(calc "$(cpu_of_machine) - $machine - $cpu" 1)"
}

for ((round = 1; round <= rounds; round++)); do
  measure stathub "$stathub" monitor --once --json --threshold 1000000 --client-rate 1000000 "$work/combined.log"
  [ "$(jq .hits "$work/stathub.out")" = "$lines" ] || die "not every line was read"
  measure goaccess goaccess "$work/combined.log" --log-format=COMBINED --no-global-config --no-progress -o "$work/report.json"
  [ "$(jq .general.total_requests "$work/report.json")" = "$lines" ] || die "goaccess has not counted every line"
done

# A tenth of a second of lines, with the time that they are written in.
write_lines() {
  local each=$((per_second / 10)) i next
  head -n "$each" "$work/combined.log" | sed -E 's/\[[^]]*\]/[TIME]/' >"$work/part"
  next=$(date +%s%N)
  for ((i = 0; i < 10 * seconds; i++)); do
    sed "s#TIME#$(date -u '+%d/%b/%Y:%H:%M:%S +0000')#" "$work/part" >>"$work/live.log"
    next=$((next + 100000000))
    sleep "$(awk -v left=$((next - $(date +%s%N))) 'BEGIN { print (left > 0 ? left / 1e9 : 0) }')"
  done
}

: >"$work/live.log"
"$stathub" monitor --json --interval 1 "$work/live.log" >"$work/live.out" &
monitor=$!
started+=("$monitor")
sleep 2
before=$(cpu_of "$monitor") machine=$(cpu_of_machine) start=$(now)
write_lines
wall=$(calc "$(now) - $start") cpu=$(calc "$(cpu_of "$monitor") - $before")
sleep 2
written=$(wc -l <"$work/live.log")
[ "$(jq -s 'map(select(.type == "stats").hits) | add' "$work/live.out")" = "$written" ] || die "not every line was read"
lag=$(jq -s 'map(select(.type == "stats").lagSeconds) | max' "$work/live.out")
memory=$(peak_memory_of "$monitor")

ratio=$(paste "$work/goaccess.wall" "$work/stathub.wall" | awk '{ printf "%.3f\n", $1 / $2 }' | median)
by_cpu=$(paste "$work/goaccess.cpu" "$work/stathub.cpu" | awk '{ printf "%.3f\n", $1 / $2 }' | median)
echo
echo "pass: $ratio times goaccess's lines a second, by CPU $by_cpu; target $goal: $(verdict "$ratio" $goal)"
echo "follow: $(calc "$written / $wall" 0) lines/s for $wall s: $(calc "$cpu / $wall") of a core, lag at most $lag s, peak $memory MiB, others $(calc "$(cpu_of_machine) - $machine - $cpu" 1) CPU s;" \
  "target below 1 and below 1 s: $([ "$(calc "$cpu / $wall < 1 && $lag < 1" 0)" = 1 ] && echo met || echo missed)"
[ "$(verdict "$ratio" $goal)" = met ] && [ "$(calc "$cpu / $wall < 1 && $lag < 1" 0)" = 1 ]
