#!/usr/bin/env bash
# Makes a real llama.cpp server available to the tests: .cache/llamacpp/llama-server, started like the ordinary program.
# Debian packages llama.cpp from forky on, so a forky root folder is made and its server run by its own loader: neither
# the host's libraries nor its apt sources change, and no Docker is needed. The root folder is also fit for `docker import`.
# Prints the path. Exit codes: 0 ready, 3 this machine cannot (reason and remedy printed), 1 a defect.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$repo_root/scripts/rootfs.sh"

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

rootfs_prepare "$target"
log "making the $suite root folder with llama.cpp (about half a minute)"
rootfs_make "$target" "$suite" "$packages"
write_wrapper "$rootfs_work"
"$rootfs_work/llama-server" --version > "$rootfs_work/version" 2>&1 || { log "the server does not start: $(cat "$rootfs_work/version")"; exit 1; }
cache_publish "$rootfs_work" "$target" "$key"
rootfs_work=''
log "ready: $(head -n 1 "$target/version")"
finish
