#!/usr/bin/env bash
# Makes stand-ins of Prometheus and Grafana under the names that docker-compose.yml asks for: Debian's Prometheus, and a small
# program for Grafana, which Debian does not have. A real image of that name is left alone. Run scripts/setup-docker.sh first.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly key_label=gateway.stand-in.key
folder=$("$repo_root/scripts/setup-prometheus.sh")
lock "$(cache_dir)/fake-engine.lock" 'makes images for the tests'
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT

# make_image <name> <file beside its Dockerfile…>
make_image() {
    local source=$repo_root/tests/StandIns/$1 image key messages
    image=$(sed -n "s/^ *image: \${${1^^}_IMAGE:-\(.*\)}$/\1/p" "$repo_root/docker-compose.yml")
    key=$( { cat "$source"/*; cat "${@:2}"; docker image inspect --format '{{.Id}}' gateway-stand-in/engine; } | sha256sum | cut -c 1-16)
    if docker image inspect "$image" >/dev/null 2>&1; then
        [ "$(docker image inspect --format '{{index .Config.Labels "gateway.stand-in"}}' "$image")" = fake ] || return 0
        [ "$(docker image inspect --format "{{index .Config.Labels \"$key_label\"}}" "$image")" != "$key" ] || return 0
    fi
    rm -f "$context"/*
    cp "$source"/* "${@:2}" "$context"
    messages=$(docker build --quiet --label "$key_label=$key" --tag "$image" "$context" 2>&1) || { log "$messages"; exit 1; }
}

make_image prometheus "$folder/prometheus" "$folder/promtool"
make_image grafana
