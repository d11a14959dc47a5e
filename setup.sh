#!/bin/sh
# Installs what is missing, then runs a task:
#
#   sh setup.sh                    only installs
#   sh setup.sh bench [options]    installs, then runs `deno task bench [options]`; so for every task of deno.json
#
# What may be missing, and where it goes:
#   Deno                pinned, into .deno/ beside this file; from npm, or by the official installer where there is no npm
#   npm dependencies    what deno.lock lists, into Deno's cache
#   a GPU driver        only if no adapter answers: Mesa's software Vulkan driver, from the system's packages
#
# One line on stderr for each thing installed, none when nothing is missing.
# Exit codes: that of the task; 1 if an installation failed; 4 if there is no adapter and none could be installed.

set -eu

DENO_VERSION=2.9.6 # what is installed
DENO_MINIMUM=2.8.0 # what is accepted if it is there already: text imports need no flag from here on

INIT_CWD=${INIT_CWD:-$PWD}
export INIT_CWD
cd -- "$(dirname -- "$0")"
ROOT=$PWD

say() { printf '%s\n' "$*" >&2; }

# fail CODE MESSAGE [HINT]
fail() {
  say "$2"
  [ $# -lt 3 ] || say "Hint: $3"
  exit "$1"
}

has() { command -v "$1" >/dev/null 2>&1; }

# Runs a command; shows what it said only if it fails.
quietly() {
  LOG=$(mktemp "${TMPDIR:-/tmp}/realfeatures-setup.XXXXXX") ||
    fail 1 "Cannot write a log: ${TMPDIR:-/tmp} is not writable" "set TMPDIR to a folder that is"
  if "$@" >"$LOG" 2>&1 </dev/null; then
    rm -f "$LOG"
  else
    { head -n 3 "$LOG"; tail -n +4 "$LOG" | tail -n 12; } | sed 's/^/  | /' >&2
    rm -f "$LOG"
    return 1
  fi
}

# --- system packages ------------------------------------------------------------------------------------------------

package_manager() {
  for PM in apt-get dnf apk pacman zypper; do
    if has "$PM"; then
      echo "$PM"
      return
    fi
  done
}

# packages_for PURPOSE MANAGER: names of the packages for "vulkan" or "download".
packages_for() {
  case "$1 $2" in
    "vulkan apt-get") echo "libvulkan1 mesa-vulkan-drivers" ;;
    "vulkan dnf") echo "vulkan-loader mesa-vulkan-drivers" ;;
    "vulkan apk") echo "vulkan-loader mesa-vulkan-swrast" ;;
    "vulkan pacman") echo "vulkan-icd-loader vulkan-swrast" ;;
    "vulkan zypper") echo "libvulkan1 libvulkan_lvp" ;;
    "download "*) echo "ca-certificates curl unzip" ;;
  esac
}

# install_commands MANAGER PACKAGES...: what to run, one command per line.
install_commands() {
  MANAGER=$1
  shift
  case "$MANAGER" in
    apt-get)
      echo "apt-get update"
      echo "apt-get install -y --no-install-recommends $*"
      ;;
    dnf) echo "dnf install -y $*" ;;
    apk) echo "apk add --no-cache $*" ;;
    pacman) echo "pacman -Sy --noconfirm --needed $*" ;;
    zypper) echo "zypper --non-interactive install $*" ;;
  esac
}

# as_root WORDS...: runs a command with root rights, of which may_be_root has made sure.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    quietly env DEBIAN_FRONTEND=noninteractive "$@"
  else
    quietly sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

may_be_root() {
  [ "$(id -u)" -eq 0 ] || { has sudo && sudo -n true 2>/dev/null; }
}

# by_hand COMMANDS: one line that does it all, for a person to paste.
by_hand() {
  if has sudo; then
    echo "$1" | sed -e 's/^/sudo /' -e '$!s/$/ \&\&/' | paste -s -d ' ' -
  else
    printf "su -c '%s'\n" "$(echo "$1" | sed '$!s/$/ \&\&/' | paste -s -d ' ' -)"
  fi
}

# install_packages PURPOSE CODE THING WHY: installs the packages for PURPOSE, or leaves with CODE and what to do by hand.
install_packages() {
  MANAGER=$(package_manager)
  [ -n "$MANAGER" ] || fail "$2" \
    "Cannot install $3: $4, and there is no known package manager (apt-get, dnf, apk, pacman or zypper)" \
    "install $3 by hand, then run this again"
  PACKAGES=$(packages_for "$1" "$MANAGER")
  # shellcheck disable=SC2086 # names of packages are words
  COMMANDS=$(install_commands "$MANAGER" $PACKAGES)
  may_be_root || fail "$2" \
    "Cannot install $3: $4, and packages need root rights, this is user $(id -un)" "run $(by_hand "$COMMANDS")"
  say "Installing $3 with $MANAGER ($PACKAGES), since $4"
  while IFS= read -r COMMAND; do
    # shellcheck disable=SC2086 # a command is several words
    as_root $COMMAND || fail "$2" \
      "Cannot install $3: \`$COMMAND\` failed, its last lines are above" \
      "check the network and the package sources, or run $(by_hand "$COMMANDS")"
  done <<EOF
$COMMANDS
EOF
}

# --- Deno -----------------------------------------------------------------------------------------------------------

# deno_is_usable BINARY: is it there, does it run, and is it new enough?
deno_is_usable() {
  VERSION=$("$1" --version 2>/dev/null | sed -n 's/^deno \([0-9][0-9.]*\).*/\1/p') || return 1
  [ -n "$VERSION" ] || return 1
  LOWEST=$(printf '%s\n%s\n' "$VERSION" "$DENO_MINIMUM" | sort -t . -k 1,1n -k 2,2n -k 3,3n | head -n 1)
  [ "$LOWEST" = "$DENO_MINIMUM" ]
}

deno_from_npm() {
  say "Installing Deno $DENO_VERSION into .deno from npm"
  rm -rf .deno/node_modules
  # In its own folder rather than with --prefix, which would also change where npm reads its global settings from.
  echo '{ "private": true }' >.deno/package.json
  # shellcheck disable=SC2016 # the inner shell expands
  quietly sh -c 'cd .deno && npm install --no-save --no-package-lock --no-audit --no-fund --ignore-scripts \
    --include=optional --fetch-retries=1 --loglevel=error "deno@$1"' sh "$DENO_VERSION" || return 1
  for BINARY in .deno/node_modules/@deno/*/deno; do
    if deno_is_usable "$BINARY"; then
      ln -sf "../${BINARY#.deno/}" .deno/bin/deno
      return
    fi
  done
  say "  | none of Deno's binaries on npm runs on this machine ($(uname -sm))"
  return 1
}

deno_from_installer() {
  if ! has curl || ! { has unzip || has 7z; }; then
    install_packages download 1 "curl and unzip" "Deno's installer needs them"
  fi
  say "Installing Deno $DENO_VERSION into .deno with the official installer"
  # CI keeps the installer from editing the shell's start-up files.
  # shellcheck disable=SC2016 # the inner shell expands
  quietly sh -c 'set -e; script=$(curl -fsSL https://deno.land/install.sh)
    printf "%s\n" "$script" | env -u deno_version CI=1 DENO_INSTALL="$1" sh -s -- "v$2"' sh "$ROOT/.deno" "$DENO_VERSION"
}

find_or_install_deno() {
  DENO=$(command -v deno || true)
  if [ -n "$DENO" ] && deno_is_usable "$DENO"; then return; fi
  DENO=$ROOT/.deno/bin/deno
  PATH=$ROOT/.deno/bin:$PATH
  export PATH
  if deno_is_usable "$DENO"; then return; fi
  mkdir -p .deno/bin 2>/dev/null || true
  if [ ! -w .deno ] || [ ! -w .deno/bin ]; then
    fail 1 "Cannot install Deno: no permission to write, the folder is $ROOT/.deno" \
      "install Deno $DENO_MINIMUM or newer yourself, or move the project to a folder that is yours"
  fi
  rm -f .deno/bin/deno
  if has npm && deno_from_npm; then return; fi
  if deno_from_installer && deno_is_usable "$DENO"; then return; fi
  fail 1 "Cannot install Deno $DENO_VERSION: neither npm nor the official installer succeeded, what they said is above" \
    "check the network, or install Deno $DENO_MINIMUM or newer yourself (https://docs.deno.com/runtime/getting_started/installation)"
}

# --- npm dependencies -----------------------------------------------------------------------------------------------

install_dependencies() {
  if "$DENO" install --quiet --frozen --cached-only >/dev/null 2>&1; then return; fi
  say "Fetching the npm packages that deno.lock lists"
  quietly env NO_COLOR=1 "$DENO" install --quiet --frozen || fail 1 \
    "Cannot fetch the npm packages: \`deno install --frozen\` failed, its last lines are above" \
    "check the network, or, if deno.json has just changed, run: deno install --frozen=false"
}

# --- a GPU adapter --------------------------------------------------------------------------------------------------

# OpenGL does not count: the probe asks as the tasks do.
adapter_answers() {
  STATUS=0
  SAID=$("$DENO" run --quiet --no-prompt --no-config --no-lock --allow-env=DENO_WEBGPU_BACKEND \
    tools/probe_adapter.ts 2>&1 </dev/null) || STATUS=$?
  case $STATUS in
    0) ;;
    4) return 1 ;;
    *) fail 1 "Cannot ask for a GPU adapter: tools/probe_adapter.ts ended with code $STATUS, $SAID" ;;
  esac
}

find_or_install_adapter() {
  if adapter_answers; then return; fi
  [ "$(uname -s)" = Linux ] || fail 4 \
    "Cannot use WebGPU: no adapter answers, the system is $(uname -s)" "update the graphics driver"
  install_packages vulkan 4 "a software Vulkan driver" "no GPU adapter answers"
  adapter_answers || fail 4 \
    "Cannot use WebGPU: no adapter answers, even with $(packages_for vulkan "$(package_manager)") installed" \
    "look for a VK_DRIVER_FILES, VK_ICD_FILENAMES or DENO_WEBGPU_BACKEND in the environment that hides the driver"
}

# --- in order -------------------------------------------------------------------------------------------------------

case "${1-}" in
  -h | --help)
    sed -n '2,/^$/s/^# \{0,1\}//p' "$ROOT/setup.sh"
    exit 0
    ;;
esac

# Deno's GPU layer warns if this is not set; nothing is ever written there.
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}}"
# Trust what the system trusts, for networks with a certificate authority of their own.
export DENO_TLS_CA_STORE="${DENO_TLS_CA_STORE:-mozilla,system}"
export DENO_NO_UPDATE_CHECK=1
if [ -z "${DENO_DIR-}" ] && [ ! -w "${HOME:-/nonexistent}" ]; then
  export DENO_DIR="$ROOT/.deno/cache"
fi

# Deno colours even what goes into a file.
[ -t 1 ] || export NO_COLOR="${NO_COLOR:-1}"

find_or_install_deno
install_dependencies
case " $* " in
  " report "* | " data "*) ;; # need no GPU
  *" --backend"*) ;;          # the task says whether that one answers
  *) find_or_install_adapter ;;
esac

[ $# -eq 0 ] || exec "$DENO" task "$@"
