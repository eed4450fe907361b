#!/usr/bin/env bash
# Makes a tiny engine for the management tests: .cache/tiny-engine/rootfs, busybox from Debian's package with the scripts of
# tests/Gateway.ManagementTests/tiny-engine, so that an image of it is two megabytes and starts at once. Nothing is installed.
# Prints the folder. Exit codes: 0 ready, 3 this machine cannot (reason and remedy printed), 1 a defect.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly recipe=1            # raise it when what this script makes changes, so that older caches are replaced
readonly commands='sh cat cut echo grep head printf sed sleep nc tr kill'

target=$(cache_dir)/tiny-engine
scripts=$repo_root/tests/Gateway.ManagementTests/tiny-engine
key="$(uname -m) $recipe $(cat "$scripts"/* | sha256sum | cut -c 1-16)"

make_tiny_engine() {
    local command
    debian_package busybox-static
    mkdir -p "$work/ready/rootfs"/{bin,tmp}
    cp "$work/package/bin/busybox" "$work/ready/rootfs/bin/"
    for command in $commands; do ln -s busybox "$work/ready/rootfs/bin/$command"; done
    cp "$scripts"/* "$work/ready/rootfs/"
    chmod 755 "$work/ready/rootfs"/{start,answer}
}

cached make_tiny_engine
printf '%s\n' "$target/rootfs"
