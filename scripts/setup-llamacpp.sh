#!/usr/bin/env bash
# Makes a real llama.cpp server available to the tests: .cache/llamacpp/llama-server, started like the ordinary program.
# Debian packages llama.cpp from forky on, so a forky root folder is made and its server run by its own loader: neither
# the host's libraries nor its apt sources change, and no Docker is needed. The root folder is also fit for `docker import`.
# Prints the path. Exit codes: 0 ready, 3 this machine cannot (reason and remedy printed), 1 a defect.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly suite=forky
readonly packages=ca-certificates,curl,llama.cpp-tools
readonly recipe=1            # raise it when what this script makes changes, so that older caches are replaced

cache=$(cache_dir)
target=$cache/llamacpp
key="$suite $(uname -m) $packages $recipe"

finish() {
    printf '%s\n' "$target/llama-server"
    exit 0
}

keyring() {
    local file
    for file in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
        if [ -e "$file" ]; then printf '%s\n' "$file"; return; fi
    done
    cannot "Debian's archive keys are missing" "Run: apt-get install --reinstall debian-archive-keyring"
}

# An older debootstrap has no script of this name; all newer suites share the one of sid.
bootstrap_script() {
    local scripts=/usr/share/debootstrap/scripts
    if [ -e "$scripts/$suite" ]; then printf '%s\n' "$scripts/$suite"; else printf '%s\n' "$scripts/sid"; fi
}

# bootstrap <mirror> <keyring> <root folder> <log file>: in a session of its own, so that an interrupt ends all of it.
bootstrap() {
    local status=0
    local http_proxy=${http_proxy:-}
    eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
    export http_proxy
    setsid debootstrap --variant=minbase --include="$packages" --keyring="$2" \
        "$suite" "$3" "$1" "$(bootstrap_script)" > "$4" 2>&1 &
    child=$!
    wait "$child" || status=$?
    child=''
    return "$status"
}

# debootstrap prints its own errors; those of the programs it calls stand at the end of its log.
bootstrap_error() {
    grep '^E:' "$1/debootstrap.log" || tail -n 1 "$1/rootfs/debootstrap/debootstrap.log" || tail -n 1 "$1/debootstrap.log"
}

# What a killed debootstrap, or one on a machine without /proc, leaves mounted inside its folder.
unmount_inside() {
    local folder
    for folder in "$1"/rootfs/{proc,sys,dev/pts,dev/shm,dev}; do
        umount "$folder" 2>/dev/null || true
    done
}

discard() {
    local folder
    for folder in "$@"; do
        unmount_inside "$folder"
        remove_tree "$folder"
    done
}

shrink() {
    chroot "$1" apt-get clean
    rm -rf "$1"/var/lib/apt/lists/*
}

# The wrapper finds the root folder next to itself, so the cache may be moved; exec keeps the process id.
write_wrapper() {
    local root=$1/rootfs libraries loader backend
    libraries=$(cd "$root" && printf '%s\n' usr/lib/*-linux-gnu | head -n 1)
    loader=$(cd "$root" && find lib/ lib64/ -maxdepth 1 -name 'ld-linux*.so.*' 2>/dev/null | head -n 1)
    # The plainest build of the CPU code: it runs on every processor, and a tiny model needs no more.
    backend=$(cd "$root/$libraries" && find ggml -name 'libggml-cpu*.so' | awk '{ print length, $0 }' | sort -k1,1n -k2 | sed -n '1s/^[0-9]* //p')
    if [ -z "$loader" ] || [ -z "$backend" ]; then
        log "unexpected layout of the llama.cpp package: loader '$loader', CPU code '$backend'"
        exit 1
    fi
    cat > "$1/llama-server" <<WRAPPER
#!/bin/sh
# Written by scripts/setup-llamacpp.sh.
root=\$(dirname "\$(readlink -f "\$0")")/rootfs
unset LD_PRELOAD LD_LIBRARY_PATH
export GGML_BACKEND_PATH="\$root/$libraries/$backend"
exec "\$root/$loader" --inhibit-cache --argv0 llama-server \\
  --library-path "\$root/$libraries:\$root/$libraries/llama" "\$root/usr/bin/llama-server" "\$@"
WRAPPER
    chmod 755 "$1/llama-server"
}

cache_is_current "$target" "$key" && finish
need_root "making the $suite root folder"
lock "$cache/llamacpp.lock" "makes the same"
cache_is_current "$target" "$key" && finish

child='' work=''
clean_up() {
    if [ -n "$child" ]; then kill -- "-$child" 2>/dev/null || true; wait "$child" 2>/dev/null || true; fi
    if [ -n "$work" ]; then discard "$work"; fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

discard "$target".tmp.*
apt_install debootstrap debian-archive-keyring gpgv
keys=$(keyring)
mirror=$(debian_mirror)
[ -n "$mirror" ] || cannot "apt knows no Debian mirror that answers" "See to it that apt-get update works, then run $0 again"

log "making the $suite root folder with llama.cpp (about half a minute)"
work=$(mktemp -d "$target.tmp.XXXXXX")
bootstrap "$mirror" "$keys" "$work/rootfs" "$work/debootstrap.log" ||
    cannot "debootstrap failed: $(bootstrap_error "$work" 2>/dev/null | tail -n 1)" "Check that apt's mirror answers and offers $suite, then run $0 again"
unmount_inside "$work"
shrink "$work/rootfs"
write_wrapper "$work"
"$work/llama-server" --version > "$work/version" 2>&1 || { log "the server does not start: $(cat "$work/version")"; exit 1; }
cache_publish "$work" "$target" "$key"
work=''
log "ready: $(head -n 1 "$target/version")"
finish
