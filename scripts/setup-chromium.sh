#!/usr/bin/env bash
# Makes sure that a browser for the console's tests is here: one already there, else Debian's chromium, with the typeface that
# the console prefers, so that pictures of it look the same on every machine.
# Exit codes: 0 ready, 3 this machine cannot (reason and remedy printed).
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

is_ready() {
    local path
    for path in "${CHROMIUM:-/usr/bin/chromium}" /usr/bin/chromium-browser /usr/bin/google-chrome; do
        if [ -x "$path" ]; then
            return 0
        fi
    done
    return 1
}

if ! is_ready; then
    apt_install chromium
fi
is_ready || cannot 'there is no chromium' 'Install Chromium or Chrome, or set CHROMIUM to its path'
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    # Without it the pages are tested in another typeface, which is no fault.
    apt_run install fonts-inter >/dev/null 2>&1 || log 'the typeface Inter is not to be had; another one is used'
fi
log 'ready'
