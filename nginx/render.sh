#!/bin/sh
# Renders nginx's whole configuration from the environment into a file; nginx/README.md lists the settings.
#
#   STATHUB_DATA=/srv/stathub nginx/render.sh /srv/stathub/nginx/nginx.conf
#
# It needs no root, runs in dash and busybox, and names every bad setting before it gives up.
set -eu
LC_ALL=C
export LC_ALL

newline='
'
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
template=$here/stathub.conf.template

# What nginx hands to the API; a prefix must not be one of them.
proxied='api ping log stats openapi swagger healthz readyz healthcheck statcount statdata rawlog'
reserved="$proxied metrics problems"

errors=''
bad() { errors="$errors  $1$newline"; }

# ---- Checks --------------------------------------------------------------------------------------------------------

matches() { # text regex: the whole text, which is one line
  case $1 in *"$newline"*) return 1 ;; esac
  printf '%s\n' "$1" | grep -Eq "^($2)\$"
}

is_number() { # text lowest highest
  matches "$1" '0|[1-9][0-9]{0,8}' && [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
}

octet='(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'
is_ipv4() { matches "$1" "$octet(\\.$octet){3}"; }

is_ipv6() { # at most eight groups, one gap; nginx itself refuses the rest
  matches "$1" '[0-9a-fA-F:]*:[0-9a-fA-F:]*(:[0-9.]+)?' || return 1
  case $1 in *:::* | *::*::*) return 1 ;; esac
  ! matches "$1" '.*[0-9a-fA-F]{5}.*' || return 1
  ! matches "$1" '(.*:){8}.*' || return 1
  matches "$1" '.*::.*|([^:]+:){7}[^:]+|([^:]+:){6}[0-9.]+'
}

is_network() { # an address with or without /bits
  case $1 in
    */*)
      if is_ipv4 "${1%%/*}"; then is_number "${1#*/}" 0 32; else is_ipv6 "${1%%/*}" && is_number "${1#*/}" 0 128; fi
      ;;
    *) is_ipv4 "$1" || is_ipv6 "$1" ;;
  esac
}

is_host() { matches "$1" '[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?'; }

is_host_and_port() { # host:port, [address]:port
  is_number "${1##*:}" 1 65535 || return 1
  case ${1%:*} in
    \[*\]) address=${1%]:*}; is_ipv6 "${address#[}" ;;
    *) is_host "${1%:*}" ;;
  esac
}

# Inside quotes these end the text, the statement or name a variable; control characters have no business in a path.
is_path() {
  case $1 in /*) ;; *) return 1 ;; esac
  case $1 in *[\;{}\"\'\$\\]* | *[[:cntrl:]]*) return 1 ;; esac
}

check_path() { # name value
  is_path "$2" || bad "$1 must be an absolute path without ; { } \$ \\ quotes and control characters: '$2'"
}

split() { # a list by commas and white space, one entry a line
  printf '%s\n' "$1" | tr ', \t' '\n\n\n' | sed '/^$/d'
}

# ---- Settings ------------------------------------------------------------------------------------------------------

layout=${STATHUB_LAYOUT:-journal}
prefix=${STATHUB_PREFIX:-p}
listen_on=${STATHUB_LISTEN:-127.0.0.1}
port=${STATHUB_PORT:-8080}
api_port=${STATHUB_API_PORT:-8081}
api=${STATHUB_API:-127.0.0.1:$api_port}
resolver=${STATHUB_RESOLVER:-}
data=${STATHUB_DATA:-}
journal_folder=${STATHUB_JOURNAL_FOLDER:-${data:+$data/journal}}
nginx_folder=${STATHUB_NGINX_FOLDER:-${data:+$data/nginx}}
trusted=${STATHUB_TRUSTED_PROXIES:-}
real_ip_header=${STATHUB_REAL_IP_HEADER:-X-Forwarded-For}
flood_rate=${STATHUB_FLOOD_RATE:-100}
flood_burst=${STATHUB_FLOOD_BURST:-400}
exempt=${STATHUB_FLOOD_EXEMPT:-127.0.0.0/8 ::1}
max_body=${STATHUB_MAX_BODY:-32g}
tls_certificate=${STATHUB_TLS_CERTIFICATE:-}
tls_key=${STATHUB_TLS_KEY:-}
tls_port=${STATHUB_TLS_PORT:-}
workers=${STATHUB_WORKERS:-auto}
worker_connections=${STATHUB_WORKER_CONNECTIONS:-4096}
conditions="layout=$layout"

check_layout() {
  case $layout in
    journal | buffered | files) ;;
    *) bad "STATHUB_LAYOUT must be journal, buffered or files: '$layout'" ;;
  esac
}

check_prefix() {
  if ! matches "$prefix" '[a-z0-9-]{1,32}'; then
    bad "STATHUB_PREFIX must be 1 to 32 of a-z, 0-9 and -: '$prefix'"
    return
  fi
  for word in $reserved; do
    [ "$prefix" != "$word" ] || bad "STATHUB_PREFIX must not be '$word', which is a path of the API or of nginx"
  done
}

check_folders() {
  if [ -z "$journal_folder" ] || [ -z "$nginx_folder" ]; then
    bad 'STATHUB_DATA must be set, or both STATHUB_JOURNAL_FOLDER and STATHUB_NGINX_FOLDER'
    return
  fi
  if [ -n "${STATHUB_JOURNAL_FOLDER:-}" ] && [ -n "${STATHUB_NGINX_FOLDER:-}" ]; then data=; fi
  if [ -n "$data" ] && ! is_path "$data"; then
    check_path STATHUB_DATA "$data"
    return
  fi
  check_path STATHUB_JOURNAL_FOLDER "$journal_folder"
  check_path STATHUB_NGINX_FOLDER "$nginx_folder"
}

check_listen() {
  listen=
  is_number "$port" 1 65535 || bad "STATHUB_PORT must be a port from 1 to 65535: '$port'"
  for address in $(split "$listen_on"); do
    case $address in \[*\]) address=${address#[} address=${address%]} ;; esac
    case $address in
      localhost | '*') ;;
      *) if is_ipv6 "$address"; then address="[$address]"; elif ! is_ipv4 "$address"; then
        bad "STATHUB_LISTEN must be addresses of this machine, 0.0.0.0 and [::] for all: '$address'"
      fi ;;
    esac
    if [ -n "$tls_certificate" ]; then
      [ -z "$tls_port" ] || listen="$listen        listen $address:$port backlog=4096;$newline"
      listen="$listen        listen $address:${tls_port:-$port} ssl backlog=4096;$newline"
    else
      listen="$listen        listen $address:$port backlog=4096;$newline"
    fi
  done
  [ -n "$listen" ] || bad 'STATHUB_LISTEN must have at least one address'
}

check_api() {
  if [ -z "${STATHUB_API:-}" ] && ! is_number "$api_port" 1 65535; then
    bad "STATHUB_API_PORT must be a port from 1 to 65535: '$api_port'"
    return
  fi
  case $api in
    unix:*) check_path STATHUB_API "${api#unix:}" ;;
    *) is_host_and_port "$api" || bad "STATHUB_API must be host:port or unix:/path: '$api'" ;;
  esac
  if [ -z "$resolver" ]; then
    conditions="$conditions upstream"
    # Quoted as a whole, for a socket in a folder with spaces.
    api="\"$api\""
    return
  fi
  conditions="$conditions resolver"
  case $api in unix:*) bad 'STATHUB_RESOLVER is of no use with a unix socket in STATHUB_API' ;; esac
  is_network "$resolver" && ! matches "$resolver" '.*/.*' || bad "STATHUB_RESOLVER must be the address of a name server: '$resolver'"
  case $resolver in *:*) resolver="[$resolver]" ;; esac
}

check_proxies() {
  trusted_proxies=
  set_real_ip_from=
  for network in $(split "$trusted"); do
    is_network "$network" || bad "STATHUB_TRUSTED_PROXIES must be addresses or networks (10.0.0.0/8): '$network'"
    trusted_proxies="$trusted_proxies        $network 1;$newline"
    set_real_ip_from="$set_real_ip_from    set_real_ip_from $network;$newline"
  done
  matches "$real_ip_header" '[A-Za-z0-9-]{1,64}' ||
    bad "STATHUB_REAL_IP_HEADER must be the name of a header: '$real_ip_header'"
  [ -z "$trusted_proxies" ] || conditions="$conditions trusted_proxies"
}

check_flood() {
  flood_exempt=
  [ "$flood_rate" != off ] || return 0
  conditions="$conditions flood"
  is_number "$flood_rate" 1 1000000 || bad "STATHUB_FLOOD_RATE must be off or 1 to 1000000 requests a second: '$flood_rate'"
  is_number "$flood_burst" 0 1000000 || bad "STATHUB_FLOOD_BURST must be 0 to 1000000 requests: '$flood_burst'"
  # nginx takes no burst of 0; it is what it does without one.
  if [ "$flood_burst" = 0 ]; then flood_burst=; else flood_burst=" burst=$flood_burst nodelay"; fi
  [ "$exempt" != none ] || exempt=
  for network in $(split "$exempt"); do
    is_network "$network" || bad "STATHUB_FLOOD_EXEMPT must be none, or addresses or networks (10.0.0.0/8): '$network'"
    flood_exempt="$flood_exempt        $network 1;$newline"
  done
}

check_tls() {
  [ -n "$tls_certificate$tls_key$tls_port" ] || return 0
  conditions="$conditions tls"
  if [ -z "$tls_certificate" ] || [ -z "$tls_key" ]; then
    bad 'STATHUB_TLS_CERTIFICATE and STATHUB_TLS_KEY must be set together, and with STATHUB_TLS_PORT'
  fi
  [ -z "$tls_certificate" ] || check_path STATHUB_TLS_CERTIFICATE "$tls_certificate"
  [ -z "$tls_key" ] || check_path STATHUB_TLS_KEY "$tls_key"
  [ -z "$tls_port" ] || is_number "$tls_port" 1 65535 || bad "STATHUB_TLS_PORT must be a port from 1 to 65535: '$tls_port'"
  [ -z "$tls_port" ] || [ "$tls_port" != "$port" ] || bad 'STATHUB_TLS_PORT must not be STATHUB_PORT; leave it out to have HTTPS there'
}

check_sizes() {
  matches "$max_body" '[0-9]{1,12}[kKmMgG]?' || bad "STATHUB_MAX_BODY must be a number of bytes, k, m or g (32g): '$max_body'"
  [ "$workers" = auto ] || is_number "$workers" 1 512 || bad "STATHUB_WORKERS must be auto or 1 to 512: '$workers'"
  is_number "$worker_connections" 16 1000000 ||
    { bad "STATHUB_WORKER_CONNECTIONS must be 16 to 1000000: '$worker_connections'"; worker_connections=16; }
  # A proxied request has two connections; 4200 is for the cache of per-key files and the rest.
  open_files=$((worker_connections * 2 + 4200))
  limit=$(ulimit -H -n)
  [ "$limit" = unlimited ] || [ "$limit" -ge "$open_files" ] || open_files=$limit
}

# ---- The file ------------------------------------------------------------------------------------------------------

# Lines between `#if word` and `#end` stay when the word is among the conditions; @name@ becomes the variable's value.
fill() {
  listen=${listen%"$newline"} set_real_ip_from=${set_real_ip_from%"$newline"}
  trusted_proxies=${trusted_proxies%"$newline"} flood_exempt=${flood_exempt%"$newline"}
  export conditions user workers open_files worker_connections nginx_folder journal_folder listen prefix proxied api \
    resolver max_body real_ip_header set_real_ip_from trusted_proxies flood_rate flood_burst flood_exempt \
    tls_certificate tls_key
  awk '
    BEGIN { count = split(ENVIRON["conditions"], words, " "); for (i = 1; i <= count; i++) holds[words[i]] = 1; keep = 1 }
    /^#if / { keep = ($2 in holds); next }
    /^#end/ { keep = 1; next }
    keep {
      line = ""
      while (match($0, /@[a-z_]+@/)) {
        line = line substr($0, 1, RSTART - 1) ENVIRON[substr($0, RSTART + 1, RLENGTH - 2)]
        $0 = substr($0, RSTART + RLENGTH)
      }
      print line $0
    }' "$template"
}

main() {
  if [ $# -ne 1 ] || [ -z "$1" ]; then
    echo "usage: STATHUB_DATA=/folder $0 nginx.conf" >&2
    exit 2
  fi
  # It is replaced by a rename, which would put a file in the place of /dev/stdout.
  if [ -e "$1" ] && { [ ! -f "$1" ] || [ -h "$1" ]; }; then
    echo "$0: $1 is not an ordinary file" >&2
    exit 2
  fi
  check_layout
  check_prefix
  check_folders
  check_listen
  check_api
  check_proxies
  check_flood
  check_tls
  check_sizes
  if [ -n "$errors" ]; then
    printf 'nginx is not configured:\n%s' "$errors" >&2
    exit 1
  fi
  # Only root may choose: without the line its workers would be "nobody", who cannot write to the journal. Any other
  # user needs no name, and in a container has none.
  user=root
  [ "$(id -u)" -ne 0 ] || conditions="$conditions user"
  proxied=$(printf '%s' "$proxied" | tr ' ' '|')
  # A reader finds the old file or the new one, never half of it.
  fill >"$1.new"
  mv -f -- "$1.new" "$1"
}

# A * in a list is not a file name.
set -f
main "$@"
