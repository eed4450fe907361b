#!/usr/bin/env bash
# Makes a Docker Engine, Compose v2 and the images of the compose tests available: those already there, else Debian's.
# An engine that this script starts keeps everything under .cache/docker; scripts/stop-docker.sh stops it.
# Prints the compose program. Exit codes: 0 ready, 3 this machine cannot (reason and remedy printed), 1 a defect.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$repo_root/scripts/engine.sh"
source "$repo_root/scripts/rootfs.sh"
source "$repo_root/scripts/stand-ins.sh"

# Include and env_file with `required` came with 2.24. An older one, and Debian 12's 1.29, is passed over.
readonly compose_suite=trixie
readonly compose_recipe=1

cache=$(cache_dir)
compose=$cache/compose/docker-compose

# Debian's package of a newer suite, unpacked and not installed: apt's lists of the host stay as they are.
make_compose() {
    local key="$compose_suite $(uname -m) $compose_recipe" work mirror options messages
    cache_is_current "$cache/compose" "$key" && return
    command -v apt-get >/dev/null || cannot 'Docker Compose 2.24 or newer is missing and there is no apt-get' 'Install docker-compose-plugin'
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || cannot 'apt knows no Debian mirror that answers' "See to it that apt-get update works, then run $0 again"

    log 'fetching Docker Compose'
    rm -rf "$cache"/compose.tmp.*
    work=$(mktemp -d "$cache/compose.tmp.XXXXXX")
    mkdir -p "$work"/{lists/partial,archives/partial,parts}
    printf 'deb %s %s main\n' "$mirror" "$compose_suite" > "$work/sources.list"
    options=(-qq -o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=$work/parts" -o "Dir::State::lists=$work/lists"
        -o "Dir::Cache::archives=$work/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Acquire::Check-Valid-Until=false
        -o APT::Sandbox::User=root -o Acquire::Languages=none)
    messages=$( { apt-get "${options[@]}" update && cd "$work" && apt-get "${options[@]}" download docker-compose && dpkg-deb -x docker-compose_*.deb files; } 2>&1) ||
        cannot "Docker Compose could not be fetched ($(last_error "$messages"))" 'Install docker-compose-plugin, version 2.24 or newer'
    mv "$work/files/usr/libexec/docker/cli-plugins/docker-compose" "$work/docker-compose"
    rm -rf "$work"/{files,lists,archives,parts,sources.list} "$work"/*.deb
    "$work/docker-compose" version --short >/dev/null || { log 'the fetched docker-compose does not run'; exit 1; }
    cache_publish "$work" "$cache/compose" "$key"
}

# A daemon of our own, in the background and in a session of its own, with its data below .cache.
start_engine() {
    need_root 'starting a Docker Engine'
    local folder=$cache/docker tries
    # One engine for the whole machine: of two clones at once only one may start it.
    exec 8> /run/lock/gateway-setup-docker.lock
    flock 8
    engine_answers && return
    apt_install docker.io iptables
    engine_answers && return                        # a package may have started its service
    mkdir -p "$folder"
    log 'starting a Docker Engine of our own'
    setsid dockerd --data-root "$folder/data" --pidfile "$folder/dockerd.pid" --host unix:///var/run/docker.sock \
        > "$folder/dockerd.log" 2>&1 < /dev/null 9>&- 8>&- &
    local daemon=$!
    for tries in $(seq 300); do
        engine_answers && return
        kill -0 "$daemon" 2>/dev/null || break
        sleep 0.2
    done
    kill "$daemon" 2>/dev/null || true
    cannot "dockerd does not start ($(grep -E 'level=(error|fatal)|^failed' "$folder/dockerd.log" | tail -n 1))" "Start a Docker Engine by hand; the log is $folder/dockerd.log"
}

ready() {
    engine_answers && command -v ip >/dev/null && compose_program >/dev/null && stand_ins_missing | awk 'END { exit NR > 0 }'
}

if ! ready; then
    [ "$(uname -m)" = x86_64 ] || [ "$(uname -m)" = aarch64 ] || cannot "there are no images for $(uname -m)" 'Use another machine'
    lock "$cache/docker.lock" 'sets Docker up'
    engine_answers || start_engine
    command -v ip >/dev/null || apt_install iproute2         # the tests' second engine has a network of its own
    compose_program >/dev/null || make_compose
    stand_ins_make
fi
compose_program
