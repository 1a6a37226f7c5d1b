#!/usr/bin/env bash
# The raw hits of a 1 GB day as a JSON array through the API / the same bytes as a static file of nginx. The server's
# side is on core 0, the reader on core 1, and discards what it reads; each round measures both once.
#
#   bench/raw.sh [rounds, 5] [lines of the day, 1600000]
. "$(dirname -- "$0")/lib.sh"

rounds=${1:-5} lines=${2:-1600000} goal=0.3 first_byte_goal=0.050
hits=/api/v1/tenants/demo/hits

need dotnet nginx curl jq taskset awk
need_two_cores
describe_machine
build_stathub

stathub generate --from 2025-06-01 --to 2025-06-02 --lines "$lines" --keys 500 --out "$work/hits-2025-06-02-00-00.log" 2>&1 | sed 's/^/journal: /'
start_server "$work/data" 1
ingest "$work/data" "$work/hits-2025-06-02-00-00.log" "$lines"
stop_server

restart() { start_server "$work/data" 1 -- taskset -c 0; }

# Reads an address to its end and sets bytes, wall, first_byte (seconds), reader_cpu.
read_all() { # url
  local times out
  TIMEFORMAT='%U %S'
  { times=$( { time taskset -c 1 curl -sSf -o /dev/null -H "Authorization: Bearer $token" \
    -w '%{size_download} %{time_total} %{time_starttransfer}\n' "$1" >"$work/curl.out"; } 2>&1 ); } || die "$1: $times"
  read -r bytes wall first_byte <"$work/curl.out"
  reader_cpu=$(awk '{ print $1 + $2 }' <<<"$times")
}

# A process that has served a tenth may have grown by no more than noise when it has served the whole.
restart
read_all "$api$hits?from=2025-06-01T00:00:00Z&to=2025-06-01T04:00:00Z"
small_bytes=$bytes small_memory=$(peak_memory_of "$server")
stop_server
restart
read_all "$api$hits?from=2025-06-01&to=2025-06-02"
large_bytes=$bytes large_memory=$(peak_memory_of "$server")

start_nginx static silent
static=$work/static/files
mkdir "$static"
curl -sf -H "Authorization: Bearer $token" -o "$static/day.json" "$api$hits?from=2025-06-01&to=2025-06-02"
# The shipped configuration has no static files: one more location in the same server.
sed -i "s|location = /robots.txt|location /files/ { root \"$work/static\"; sendfile on; tcp_nopush on; }\n        location = /robots.txt|" "$work/static/nginx.conf"
nginx -e "$work/static/error.log" -p "$work/static/nginx" -c "$work/static/nginx.conf" -s reload
wait_for 10 curl -sf -o /dev/null -r 0-0 "http://127.0.0.1:$nginx_port/files/day.json" || die "nginx does not serve the file"
nginx_worker=$(pgrep -P "$(cat "$work/static/nginx/nginx.pid")" -n)

declare -A url=([api]="$api$hits?from=2025-06-01&to=2025-06-02" [static]="http://127.0.0.1:$nginx_port/files/day.json")
declare -A pid=([api]=$server [static]=$nginx_worker)

measure() { # side
  local cpu machine
  cpu=$(cpu_of "${pid[$1]}") machine=$(cpu_of_machine)
  read_all "${url[$1]}"
  [ "$bytes" = "$large_bytes" ] || die "$1 sent $bytes bytes instead of $large_bytes"
  cpu=$(calc "$(cpu_of "${pid[$1]}") - $cpu")
  calc "$bytes / $wall / 1e6" 1 >>"$work/$1.rate"
  echo "$cpu" >>"$work/$1.cpu"
  echo "$reader_cpu" >>"$work/$1.reader_cpu"
  echo "$first_byte" >>"$work/$1.first_byte"
  printf '%-6s %7.1f MB/s   first byte %5.1f ms   server %5.2f CPU s   reader %5.2f CPU s   others %4.1f CPU s\n' "$1" \
    "$(tail -1 "$work/$1.rate")" "$(calc "$first_byte * 1000")" "$cpu" "$reader_cpu" "$(calc "$(cpu_of_machine) - $machine - $cpu - $reader_cpu" 1)"
}

for ((round = 1; round <= rounds; round++)); do
  if ((round % 2)); then measure static; measure api; else measure api; measure static; fi
done

paste "$work/api.rate" "$work/static.rate" | awk '{ printf "%.3f\n", $1 / $2 }' | sort -g >"$work/ratios"
ratio=$(median <"$work/ratios") first_byte=$(median <"$work/api.first_byte")
printf '\n| side | MB/s | first byte ms | server CPU s | reader CPU s |\n|---|---|---|---|---|\n'
for side in api static; do
  printf '| %s | %.0f | %.1f | %.2f | %.2f |\n' $side "$(median <"$work/$side.rate")" "$(calc "$(median <"$work/$side.first_byte") * 1000")" \
    "$(median <"$work/$side.cpu")" "$(median <"$work/$side.reader_cpu")"
done
echo
echo "ratio: $ratio (lowest $(head -1 "$work/ratios"), highest $(tail -1 "$work/ratios")); target $goal: $(verdict "$ratio" $goal)"
echo "first byte: $(calc "$first_byte * 1000") ms; target below 50: $([ "$(calc "$first_byte < $first_byte_goal" 0)" = 1 ] && echo met || echo missed)"
echo "memory: peak $small_memory MiB after $((small_bytes / 1000000)) MB, $large_memory MiB after $((large_bytes / 1000000)) MB"
[ "$(verdict "$ratio" $goal)" = met ] && [ "$(calc "$first_byte < $first_byte_goal" 0)" = 1 ]
