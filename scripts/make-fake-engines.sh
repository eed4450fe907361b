#!/usr/bin/env bash
# Makes an image of the tests' fake engine under the name of each engine's image that compose asks for on a machine without a
# GPU. A real image of that name is left alone. Run scripts/setup-docker.sh first.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$repo_root/scripts/rootfs.sh"
source "$repo_root/scripts/stand-ins.sh"

readonly key_label=gateway.stand-in.key
context=$(cache_dir)/fake-engine
lock "$context.lock" 'makes the fake engines'

# What the program is made of, and what it runs in.
key=$( { cd "$repo_root" && find api tests/FakeEngine tests/fixtures Directory.*.props Directory.Build.targets -type d \( -name bin -o -name obj \) -prune -o -type f -print0 |
    sort -z | xargs -0 sha256sum && dotnet_key "$(dotnet_root)"; } | sha256sum | cut -c 1-16)

publish() {
    cache_is_current "$context" "$key" && return
    rm -rf "$context"
    "$repo_root/scripts/dotnet.sh" publish "$repo_root/tests/FakeEngine" --configuration Release --output "$context" --nologo --verbosity quiet -p:RunAnalyzers=false 9>&- >&2
    cp -r "$repo_root/tests/FakeEngine/docker" "$context/docker"
    printf '%s\n' "$key" > "$context/key"
}

# label <image> <name>: empty where the image has none. Fails where there is no image, for which docker prints an empty line.
label() {
    local value
    value=$(docker image inspect --format "{{index .Config.Labels \"$2\"}}" "$1" 2>/dev/null) && printf '%s\n' "$value"
}

# image_of <engine>: for no GPU, else the first there is.
image_of() {
    local variable gpu image
    variable=$(sed -n 's/^ *image: \${\([A-Z_]*\):-.*/\1/p' "$repo_root/compose/$1.yml")
    for gpu in cpu nvidia amd intel; do
        image=$(sed -n "s/^$variable=//p" "$repo_root/compose/gpu/$gpu.env")
        if [ -n "$image" ]; then printf '%s\n' "$image"; return; fi
    done
}

for file in "$repo_root"/compose/*.yml; do
    engine=$(basename "$file" .yml)
    image=$(image_of "$engine")
    made_as=$(label "$image" "$stand_in_label" || echo fake)
    if [ -z "$made_as" ]; then
        cannot "$image is a real image here" 'Run the tests where there is none, or remove it'
    elif [ "$made_as" = fake ] && [ "$(label "$image" "$key_label" || true)" != "$key" ]; then
        publish
        messages=$(docker build --quiet --build-arg "ENGINE=$engine" --label "$key_label=$key" --tag "$image" --file "$context/docker/Dockerfile" "$context" 2>&1) ||
            { log "$messages"; exit 1; }
        made=yes
    fi
done
if [ -n "${made:-}" ]; then docker image prune --force --filter "label=$stand_in_label" >/dev/null; fi
