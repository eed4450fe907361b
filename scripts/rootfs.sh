# Makes Debian root folders with debootstrap; source it after lib.sh.
# shellcheck shell=bash

# The folder that is being made, and the process that makes it: both go when the script ends early.
rootfs_work='' rootfs_child=''

rootfs_clean_up() {
    if [ -n "$rootfs_child" ]; then kill -- "-$rootfs_child" 2>/dev/null || true; wait "$rootfs_child" 2>/dev/null || true; fi
    if [ -n "$rootfs_work" ]; then rootfs_discard "$rootfs_work"; fi
}

# rootfs_prepare <final folder>: removes what interrupted runs left, and sees to it that this one leaves nothing.
rootfs_prepare() {
    trap rootfs_clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    rootfs_discard "$1".tmp.*
}

# rootfs_make <final folder> <suite> <packages>: leaves the root folder in $rootfs_work/rootfs, for cache_publish.
rootfs_make() {
    local mirror keys
    apt_install debootstrap debian-archive-keyring gpgv
    keys=$(rootfs_keyring)
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || cannot "apt knows no Debian mirror that answers" "See to it that apt-get update works, then run $0 again"

    rootfs_work=$(mktemp -d "$1.tmp.XXXXXX")
    rootfs_bootstrap "$2" "$3" "$mirror" "$keys" ||
        cannot "debootstrap failed: $(rootfs_error 2>/dev/null | tail -n 1)" "Check that apt's mirror answers and offers $2, then run $0 again"
    rootfs_unmount "$rootfs_work"
    chroot "$rootfs_work/rootfs" apt-get clean
    rm -rf "$rootfs_work"/rootfs/var/lib/apt/lists/*
}

rootfs_keyring() {
    local file
    for file in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
        if [ -e "$file" ]; then printf '%s\n' "$file"; return; fi
    done
    cannot "Debian's archive keys are missing" "Run: apt-get install --reinstall debian-archive-keyring"
}

# rootfs_bootstrap <suite> <packages> <mirror> <keyring>: in a session of its own, so that an interrupt ends all of it.
rootfs_bootstrap() {
    local status=0 script=/usr/share/debootstrap/scripts/$1
    # An older debootstrap has no script of this name; all newer suites share the one of sid.
    if ! [ -e "$script" ]; then script=/usr/share/debootstrap/scripts/sid; fi
    local http_proxy=${http_proxy:-}
    eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
    export http_proxy
    setsid debootstrap --variant=minbase --include="$2" --keyring="$4" \
        "$1" "$rootfs_work/rootfs" "$3" "$script" > "$rootfs_work/debootstrap.log" 2>&1 &
    rootfs_child=$!
    wait "$rootfs_child" || status=$?
    rootfs_child=''
    return "$status"
}

# debootstrap prints its own errors; those of the programs it calls stand at the end of its log.
rootfs_error() {
    grep '^E:' "$rootfs_work/debootstrap.log" || tail -n 1 "$rootfs_work/rootfs/debootstrap/debootstrap.log" || tail -n 1 "$rootfs_work/debootstrap.log"
}

# What a killed debootstrap, or one on a machine without /proc, leaves mounted inside its folder.
rootfs_unmount() {
    local folder
    for folder in "$1"/rootfs/{proc,sys,dev/pts,dev/shm,dev}; do
        umount "$folder" 2>/dev/null || true
    done
}

rootfs_discard() {
    local folder
    for folder in "$@"; do
        rootfs_unmount "$folder"
        remove_tree "$folder"
    done
}
