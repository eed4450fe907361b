#!/usr/bin/env bash
# Makes an image of the tests' fake engine under the name of each engine's image that compose asks for on a machine without a
# GPU. A real image of that name is left alone. Run scripts/setup-docker.sh first.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$repo_root/scripts/rootfs.sh"
source "$repo_root/scripts/stand-ins.sh"

context=$(cache_dir)/fake-engine
lock "$context.lock" 'makes the fake engines'
"$repo_root/scripts/dotnet.sh" publish "$repo_root/tests/FakeEngine" --configuration Release --output "$context" --nologo --verbosity quiet 9>&- >&2
rm -rf "$context/docker"
cp -r "$repo_root/tests/FakeEngine/docker" "$context/docker"

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
    label=$(docker image inspect --format "{{index .Config.Labels \"$stand_in_label\"}}" "$image" 2>/dev/null || echo fake)
    if [ "$label" = fake ]; then
        messages=$(docker build --quiet --build-arg "ENGINE=$engine" --tag "$image" --file "$context/docker/Dockerfile" "$context" 2>&1) ||
            { log "$messages"; exit 1; }
    elif [ -z "$label" ]; then
        cannot "$image is a real image here" 'Run the tests where there is none, or remove it'
    fi
done
docker image prune --force --filter "label=$stand_in_label" >/dev/null
