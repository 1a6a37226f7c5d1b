#!/bin/sh
# Starts the guard before the Docker socket in its container: STATHUB_NGINX_CONTAINER is the one container it is for.
set -eu
LC_ALL=C
export LC_ALL

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
container=${STATHUB_NGINX_CONTAINER:-stathub-nginx}

# The name becomes part of the configuration.
case $container in
  [!a-zA-Z0-9]* | *[!a-zA-Z0-9_.-]* | '')
    echo "STATHUB_NGINX_CONTAINER must be a container's name, [a-zA-Z0-9][a-zA-Z0-9_.-]*: '$container'" >&2
    exit 1
    ;;
esac

# What was killed could not remove its socket, and nginx does not start while one is there.
rm -f /run/guard/docker.sock
sed "s/@container@/$container/g" "$here/guard.conf.template" >/tmp/guard.conf
exec nginx -e /dev/stderr -p /tmp/ -c /tmp/guard.conf
