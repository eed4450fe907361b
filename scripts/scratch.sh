# Gives a script that runs the SDK a temporary folder of its own, in $TMPDIR, which is gone at its end; source it, do not run it.
# Each dotnet build, test and publish leaves two empty folders there. Its path is short because sockets are made below it, and
# the path of a socket has at most 107 characters: that is why it is not in .cache.
# shellcheck shell=bash

TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/gw-XXXXXX")
export TMPDIR

# What is below may be busy or another user's: it is left then.
scratch_remove() {
    rm -rf --one-file-system -- "$TMPDIR" 2>/dev/null || true
}

trap scratch_remove EXIT
