# shellcheck shell=bash
# Sourced by run.sh and test.sh: installs Debian packages without starting their services.

# Prints the packages of those "command:package" pairs whose command is missing.
missing_packages() {
  local pair
  for pair in "$@"; do
    [ -n "$(find_program "${pair%%:*}")" ] || printf '%s\n' "${pair##*:}"
  done
}

# Ordinary users have no sbin in their path.
find_program() {
  PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin command -v "$1" || true
}

# Says how to become root: nothing for root, "sudo" where it will work, else it fails.
root_command() {
  if [ "$(id -u)" -eq 0 ]; then
    return 0
  fi
  # Without a terminal nobody can type a password.
  if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    echo sudo
    return 0
  fi
  return 1
}

# Installs packages; the system's services stay as they are.
install_packages() {
  local as_root
  [ $# -gt 0 ] || return 0
  if ! as_root=$(root_command); then
    echo "Missing: $*. Neither root nor sudo is here to install them; as root: apt-get install $*" >&2
    return 1
  fi
  if ! command -v apt-get >/dev/null; then
    echo "Missing: $*. Install them with this system's package manager." >&2
    return 1
  fi
  echo "Installing $* ..."
  (
    # Two copies that install at once would mistake each other's policy for the system's.
    exec 9</usr/sbin
    flock 9
    trap 'restore_policy' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    # Old lists may do; what they lack is said by the installation.
    $as_root apt-get -qq -o DPkg::Lock::Timeout=300 update || true
    # needrestart would restart services of others after the installation.
    forbid_services &&
      $as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -qq -y -o DPkg::Lock::Timeout=300 \
        --no-install-recommends install "$@" </dev/null >/dev/null
  ) || {
    echo "apt-get could not install: $*" >&2
    return 1
  }
}

policy=/usr/sbin/policy-rc.d
policy_mark='# StatHub: no service starts while its packages are installed.'

# Debian asks policy-rc.d whether a new service may start; 101 says no.
forbid_services() {
  # What a killed run left behind is not the system's.
  restore_policy
  if [ -e "$policy" ] || [ -h "$policy" ]; then
    $as_root mv -- "$policy" "$policy.stathub" || return 1
  fi
  printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" | $as_root tee "$policy" >/dev/null && $as_root chmod 755 "$policy"
}

restore_policy() {
  if [ -f "$policy" ] && grep -qF "$policy_mark" "$policy"; then
    $as_root rm -f -- "$policy"
  fi
  if [ -e "$policy.stathub" ] || [ -h "$policy.stathub" ]; then
    $as_root mv -- "$policy.stathub" "$policy"
  fi
}
