#!/usr/bin/env bash
# Raw hits through the API / the same bytes as a static file of nginx: a tenant's day of 1 GB as a JSON array, before its
# compaction; one key's compacted day as a JSON array; the same as NDJSON, compressed as it is stored. The server's side is
# on core 0, the reader on core 1, and discards what it reads; each round measures both once.
#
#   bench/raw.sh [rounds, 5] [lines of the day, 1600000]
. "$(dirname -- "$0")/lib.sh"

rounds=${1:-5} lines=${2:-1600000} first_byte_goal=0.050
hits=/api/v1/tenants/demo/hits

need dotnet nginx curl jq taskset awk
need_two_cores
describe_machine
build_stathub

stathub generate --from 2025-06-01 --to 2025-06-02 --lines "$lines" --keys 500 --out "$work/hits-2025-06-02-00-00.log" 2>&1 | sed 's/^/journal: /'
start_server "$work/data" 1
ingest "$work/data" "$work/hits-2025-06-02-00-00.log" "$lines"
stop_server

restart() { start_server "$work/data" 1 StatHub__Compaction__Enabled=false -- taskset -c 0; }

# Reads an address to its end, as often as $times says, and sets bytes (of one time), wall (of all), first_byte (seconds),
# reader_cpu.
times=1
read_all() { # url curl-options...
  local times_used i urls=() url=$1
  shift
  for ((i = 0; i < times; i++)); do urls+=(-o /dev/null "$url"); done
  TIMEFORMAT='%U %S'
  { times_used=$( { time taskset -c 1 curl -sSf -H "Authorization: Bearer $token" "$@" \
    -w '%{size_download} %{time_total} %{time_starttransfer}\n' "${urls[@]}" >"$work/curl.out"; } 2>&1 ); } || die "$url: $times_used"
  read -r bytes wall first_byte < <(awk 'NR == 1 { bytes = $1; first = $3 } { wall += $2 } END { print bytes, wall, first }' "$work/curl.out")
  reader_cpu=$(awk '{ print $1 + $2 }' <<<"$times_used")
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
# The old worker may take connections until it is gone.
one_worker() { [ "$(pgrep -c -P "$(cat "$work/static/nginx/nginx.pid")")" = 1 ]; }
wait_for 10 one_worker || die "nginx has two workers"
nginx_worker=$(pgrep -P "$(cat "$work/static/nginx/nginx.pid")" -n)

failed=0

measure() { # side url pid bytes curl-options...
  local side=$1 url=$2 pid=$3 expected=$4 cpu machine
  shift 4
  cpu=$(cpu_of "$pid") machine=$(cpu_of_machine)
  read_all "$url" "$@"
  [ "$bytes" = "$expected" ] || die "$side sent $bytes bytes instead of $expected"
  cpu=$(calc "$(cpu_of "$pid") - $cpu")
  calc "$bytes * $times / $wall / 1e6" 1 >>"$work/$side.rate"
  echo "$cpu" >>"$work/$side.cpu"
  echo "$reader_cpu" >>"$work/$side.reader_cpu"
  echo "$first_byte" >>"$work/$side.first_byte"
  printf '%-6s %7.1f MB/s   first byte %5.1f ms   server %5.2f CPU s   reader %5.2f CPU s   others %4.1f CPU s\n' "$side" \
    "$(tail -1 "$work/$side.rate")" "$(calc "$first_byte * 1000")" "$cpu" "$reader_cpu" "$(calc "$(cpu_of_machine) - $machine - $cpu - $reader_cpu" 1)"
}

# Measures both sides of a pair and prints its ratio.
compare() { # title goal path file bytes curl-options...
  local title=$1 goal=$2 path=$3 file=$4 expected=$5 round side ratio
  shift 5
  rm -f "$work"/{api,static}.{rate,cpu,reader_cpu,first_byte}
  printf '\n%s, %s bytes\n' "$title" "$expected"
  for ((round = 1; round <= rounds; round++)); do
    if ((round % 2)); then
      measure static "http://127.0.0.1:$nginx_port/files/$file" "$nginx_worker" "$expected"
      measure api "$api$path" "$server" "$expected" "$@"
    else
      measure api "$api$path" "$server" "$expected" "$@"
      measure static "http://127.0.0.1:$nginx_port/files/$file" "$nginx_worker" "$expected"
    fi
  done
  paste "$work/api.rate" "$work/static.rate" | awk '{ printf "%.3f\n", $1 / $2 }' | sort -g >"$work/ratios"
  ratio=$(median <"$work/ratios")
  printf '\n| side | MB/s | first byte ms | server CPU s | reader CPU s |\n|---|---|---|---|---|\n'
  for side in api static; do
    printf '| %s | %.0f | %.1f | %.2f | %.2f |\n' $side "$(median <"$work/$side.rate")" "$(calc "$(median <"$work/$side.first_byte") * 1000")" \
      "$(median <"$work/$side.cpu")" "$(median <"$work/$side.reader_cpu")"
  done
  echo
  echo "ratio: $ratio (lowest $(head -1 "$work/ratios"), highest $(tail -1 "$work/ratios")); target $goal: $(verdict "$ratio" "$goal")"
  [ "$(verdict "$ratio" "$goal")" = met ] || failed=1
}

compare "a tenant's day as a JSON array" 0.3 "$hits?from=2025-06-01&to=2025-06-02" day.json "$large_bytes"
first_byte=$(median <"$work/api.first_byte")
echo "first byte: $(calc "$first_byte * 1000") ms; target below 50: $([ "$(calc "$first_byte < $first_byte_goal" 0)" = 1 ] && echo met || echo missed)"
[ "$(calc "$first_byte < $first_byte_goal" 0)" = 1 ] || failed=1
echo "memory: peak $small_memory MiB after $((small_bytes / 1000000)) MB, $large_memory MiB after $((large_bytes / 1000000)) MB"

stop_server
rm "$static/day.json"
compact "$work/data" 1 300
stop_server
restart

key="/api/v1/tenants/demo/keys/home/hits?from=2025-06-01&to=2025-06-02"
curl -sf -H "Authorization: Bearer $token" -o "$static/key.json" "$api$key"
times=4
compare "one key's compacted day as a JSON array" 0.4 "$key" key.json "$(stat -c %s "$static/key.json")"
gzip=(-H 'Accept-Encoding: gzip')
curl -sf "${gzip[@]}" -H "Authorization: Bearer $token" -o "$static/key.jsonl.gz" "$api$key&format=ndjson"
[ "$(zcat "$static/key.jsonl.gz" | wc -l)" = "$(jq length "$static/key.json")" ] || die "NDJSON has other hits than JSON"
# A few megabytes: one answer would be over before there is something to measure.
times=40
compare "one key's compacted day as NDJSON, as it is stored" 0.5 "$key&format=ndjson" key.jsonl.gz "$(stat -c %s "$static/key.jsonl.gz")" "${gzip[@]}"
exit $failed
