#!/usr/bin/env bash
# Pixels per second with StatHub's logging / the same nginx with access_log off: one worker on core 0, wrk on core 1,
# flood limit off in all. Every round measures each of them once, in turning order; the ratio is that of a round.
#
#   bench/edge.sh [rounds, 7] [seconds a measurement, 5]
. "$(dirname -- "$0")/lib.sh"

rounds=${1:-7} seconds=${2:-5} connections=64
declare -A target=([journal]=0.75 [buffered]=0.88 [files]=0)
variants=(off journal buffered files)

need nginx wrk curl taskset awk
need_two_cores
describe_machine
echo "nginx: $(nginx -v 2>&1 | cut -d/ -f2), 1 worker on core 0; wrk: 1 thread, $connections connections on core 1; $rounds rounds of ${seconds} s"

declare -A port worker
start() { # variant logging|silent layout
  start_nginx "$1" "$2" STATHUB_LAYOUT="$3"
  port[$1]=$nginx_port worker[$1]=$nginx_worker
}
start off silent journal
start journal logging journal
start buffered logging buffered
start files logging files

measure() { # variant
  local nginx_before machine_before nginx_cpu
  nginx_before=$(cpu_of "${worker[$1]}") machine_before=$(cpu_of_machine)
  run_wrk "$seconds" "$connections" -s "$bench/pixels.lua" "http://127.0.0.1:${port[$1]}/"
  [ -z "$errors" ] || die "$1: $errors"
  nginx_cpu=$(calc "$(cpu_of "${worker[$1]}") - $nginx_before")
  local others
  others=$(calc "$(cpu_of_machine) - $machine_before - $nginx_cpu - $wrk_cpu" 1)
  local microseconds
  microseconds=$(calc "$nginx_cpu * 1e6 / ($rate * $seconds)" 2)
  echo "$rate" >>"$work/$1.rate"
  echo "$microseconds" >>"$work/$1.cost"
  echo "$nginx_cpu" >>"$work/$1.nginx_cpu"
  echo "$wrk_cpu" >>"$work/$1.wrk_cpu"
  printf '%-9s %8.0f/s   nginx %5.2f CPU s (%s us a request)   wrk %5.2f CPU s   others %4.1f CPU s\n' \
    "$1" "$rate" "$nginx_cpu" "$microseconds" "$wrk_cpu" "$others"
  # The disk shall not fill, and what is still to be written back shall not slow the next one down.
  find "$work/$1/journal" -type f -exec truncate -s 0 {} +
}

for variant in "${variants[@]}"; do run_wrk 1 "$connections" -s "$bench/pixels.lua" "http://127.0.0.1:${port[$variant]}/"; done
for ((round = 1; round <= rounds; round++)); do
  for ((i = 0; i < ${#variants[@]}; i++)); do
    measure "${variants[(i + round) % ${#variants[@]}]}"
  done
done

met=0
printf '\n| layout | requests/s | ratio to off | lowest, highest | ratio by CPU | nginx CPU s | wrk CPU s | target |\n|---|---|---|---|---|---|---|---|\n'
for variant in "${variants[@]}"; do
  paste "$work/$variant.rate" "$work/off.rate" | awk '{ printf "%.4f\n", $1 / $2 }' | sort -g >"$work/ratios"
  by_cpu=$(paste "$work/off.cost" "$work/$variant.cost" | awk '{ printf "%.4f\n", $1 / $2 }' | median)
  ratio=$(median <"$work/ratios")
  goal=${target[$variant]:-0} text=
  if [ "$goal" != 0 ]; then
    text="$goal: $(verdict "$ratio" "$goal")"
    [[ $text == *met ]] || met=1
  fi
  printf '| %s | %.0f | %.3f | %s, %s | %.3f | %.2f | %.2f | %s |\n' "$variant" "$(median <"$work/$variant.rate")" "$ratio" \
    "$(head -1 "$work/ratios")" "$(tail -1 "$work/ratios")" "$by_cpu" \
    "$(median <"$work/$variant.nginx_cpu")" "$(median <"$work/$variant.wrk_cpu")" "$text"
done
exit $met
