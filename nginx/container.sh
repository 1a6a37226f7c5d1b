#!/bin/sh
# Starts nginx in its container, as the user that the container runs as: renders the configuration, then becomes nginx.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
folder=$STATHUB_DATA/nginx

# nginx logs its errors into its own folder; in a container they belong to the container's log.
ln -sf /dev/stderr "$folder/error.log"
"$here/render.sh" "$folder/nginx.conf"
exec nginx -e "$folder/error.log" -p "$folder/" -c "$folder/nginx.conf" -g 'daemon off;'
