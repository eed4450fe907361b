#!/usr/bin/env bash
# Makes sure that node 18 or newer and npm are on PATH: those already there, else Debian's.
# Exit codes: 0 ready, 3 this machine cannot (reason and remedy printed).
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly oldest=18

major_version() {
    node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p'
}

is_ready() {
    local major
    major=$(major_version)
    [ "${major:-0}" -ge "$oldest" ] && npm --version >/dev/null 2>&1
}

is_ready && exit 0
apt_install nodejs npm
hash -r
is_ready || cannot "node $oldest or newer with npm is needed, and 'node --version' says '$(node --version 2>&1)'" \
    "Install a newer Node.js, or put it first on PATH"
log "ready: node $(node --version), npm $(npm --version)"
