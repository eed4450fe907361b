# Images made on this machine under the names that the Dockerfile and the compose files ask for, where no registry gave
# the real ones; source it after rootfs.sh. They are for tests: each carries a label, and none is ever pushed.
# shellcheck shell=bash

readonly stand_in_label=gateway.stand-in
readonly stand_in_suite=trixie
readonly stand_in_recipe=3
readonly aspnet_image=mcr.microsoft.com/dotnet/aspnet:10.0
readonly sdk_image=mcr.microsoft.com/dotnet/sdk:10.0
# The .NET runtime beside the tools that engines' images bring along: what fake engines run in.
readonly engine_image=gateway-stand-in/engine

# stand_in_is_current <image> <key>: it is there as this recipe makes it, or it is the real one.
stand_in_is_current() {
    local label
    label=$(docker image inspect --format "{{index .Config.Labels \"$stand_in_label\"}}" "$1" 2>/dev/null) || return
    [ -z "$label" ] || [ "$label" = "$2" ]
}

dotnet_root() {
    local folder
    for folder in "$(dirname "$(readlink -f "$(command -v dotnet || echo /none)")")" /usr/share/dotnet /usr/lib/dotnet /opt/dotnet "${HOME:-/none}/.dotnet"; do
        if [ -d "$folder/sdk" ]; then printf '%s\n' "$folder"; return; fi
    done
    cannot 'the .NET SDK is not here' 'Install it from https://dotnet.microsoft.com/download'
}

# What a restore inside a build needs of this host: its certificate authorities and its package sources.
host_trust_files() {
    local file
    for file in /usr/local/share/ca-certificates/*.crt "${HOME:-/none}/.nuget/NuGet/NuGet.Config"; do
        if [ -f "$file" ]; then printf '%s\n' "$file"; fi
    done
}

dotnet_key() {
    local trust
    trust=$( { host_trust_files | tr '\n' '\0' | xargs -0 -r cat; printf '%s' "${NUGET_CERT_REVOCATION_MODE:-}"; } | sha256sum | cut -c 1-12)
    printf '%s %s %s %s\n' "$stand_in_suite" "$(ls "$1/sdk" | sort -V | tail -n 1)" "$stand_in_recipe" "$trust"
}

llamacpp_key() {
    printf '%s %s\n' "$(cat "$(cache_dir)/llamacpp/key" 2>/dev/null)" "$stand_in_recipe"
}

# Every name under which the compose files ask for the engine that can be had for real.
llamacpp_images() {
    sed -n 's/^LLAMACPP_IMAGE=//p' "$repo_root"/compose/gpu/*.env 2>/dev/null | sort -u
}

stand_ins_missing() {
    local image key
    key=$(dotnet_key "$(dotnet_root)")
    for image in "$aspnet_image" "$sdk_image" "$engine_image"; do
        stand_in_is_current "$image" "$key" || printf '%s\n' "$image"
    done
    key=$(llamacpp_key)
    for image in $(llamacpp_images); do
        stand_in_is_current "$image" "$key" || printf '%s\n' "$image"
    done
}

stand_ins_make() {
    local missing
    missing=$(stand_ins_missing)
    case $missing in *mcr.microsoft.com/* | *"$engine_image"*) make_dotnet_images ;; esac
    if [ -n "$(llamacpp_images)" ]; then
        "$repo_root/scripts/setup-llamacpp.sh" >/dev/null 9>&- || exit $?
        make_llamacpp_images
    fi
}

# import_image <image> <key> <changes…>: the tar archive on stdin becomes the image, all at once.
import_image() {
    local image=$1 changes=(--change "LABEL $stand_in_label=\"$2\"") change
    shift 2
    for change in "$@"; do changes+=(--change "$change"); done
    docker import "${changes[@]}" - "$image" >/dev/null
    docker image prune --force --filter "label=$stand_in_label" >/dev/null
}

make_dotnet_images() {
    local root key rootfs changes
    need_root "making $aspnet_image"
    root=$(dotnet_root)
    key=$(dotnet_key "$root")
    rootfs_prepare "$(cache_dir)/stand-in"
    log 'making stand-ins for the .NET base images (about a minute)'
    rootfs_make "$(cache_dir)/stand-in" "$stand_in_suite" ca-certificates,tzdata,libicu76,libssl3t64
    rootfs=$rootfs_work/rootfs
    chroot "$rootfs" groupadd --gid 1654 app
    chroot "$rootfs" useradd --no-log-init --uid 1654 --gid 1654 --create-home app
    ln -s /usr/share/dotnet/dotnet "$rootfs/usr/bin/dotnet"
    changes=('ENV LANG=C.UTF-8' 'ENV APP_UID=1654' 'ENV ASPNETCORE_HTTP_PORTS=8080' 'ENV DOTNET_RUNNING_IN_CONTAINER=true' 'CMD ["/bin/bash"]')

    mkdir -p "$rootfs/usr/share/dotnet"
    (cd "$root" && cp -r --parents dotnet host shared/Microsoft.NETCore.App shared/Microsoft.AspNetCore.App "$rootfs/usr/share/dotnet")
    tar --create --numeric-owner --directory "$rootfs" . | import_image "$aspnet_image" "$key" "${changes[@]}"
    cp -r "$root/." "$rootfs/usr/share/dotnet"
    trust_like_host "$rootfs"
    tar --create --numeric-owner --directory "$rootfs" . | import_image "$sdk_image" "$key" "${changes[@]}" \
        "ENV NUGET_CERT_REVOCATION_MODE=${NUGET_CERT_REVOCATION_MODE:-online}"
    rm -rf "$rootfs"/{usr/share/dotnet/{sdk,packs,templates,sdk-manifests},usr/local/share/ca-certificates/*,root/.nuget}
    chroot "$rootfs" update-ca-certificates --fresh >/dev/null 2>&1
    chroot_install "$rootfs" curl python3
    tar --create --numeric-owner --directory "$rootfs" . | import_image "$engine_image" "$key" "${changes[@]}"
    rootfs_discard "$rootfs_work"
    rootfs_work=''
}

# chroot_install <root folder> <packages…>
chroot_install() {
    local rootfs=$1 options=(-qq -y --no-install-recommends -o Acquire::Check-Valid-Until=false -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0) messages
    shift
    messages=$( { chroot "$rootfs" apt-get "${options[@]}" update && DEBIAN_FRONTEND=noninteractive chroot "$rootfs" apt-get "${options[@]}" install "$@"; } 2>&1) ||
        cannot "$* could not be installed into an image ($(last_error "$messages"))" "See to it that apt's mirror answers, then run $0 again"
    chroot "$rootfs" apt-get clean
    rm -rf "$rootfs"/var/lib/apt/lists/*
}

# Only the image for building gets these, and it stays on this machine.
trust_like_host() {
    local file
    mkdir -p "$1/root/.nuget/NuGet"
    host_trust_files | while read -r file; do
        case $file in
            *.crt) cp "$file" "$1/usr/local/share/ca-certificates/" ;;
            *) cp "$file" "$1/root/.nuget/NuGet/" ;;
        esac
    done
    chroot "$1" update-ca-certificates >/dev/null 2>&1
}

# The real server under upstream's names and in upstream's places.
make_llamacpp_images() {
    local image key first='' stage
    key=$(llamacpp_key)
    for image in $(llamacpp_images); do
        stand_in_is_current "$image" "$key" && continue
        if [ -n "$first" ]; then docker tag "$first" "$image"; continue; fi
        log 'making the llama.cpp image'
        stage=$(mktemp -d)
        mkdir "$stage/app" && ln -s /usr/bin/llama-server "$stage/app/llama-server"
        tar --create --numeric-owner --directory "$stage" ./app --directory "$(cache_dir)/llamacpp/rootfs" . |
            import_image "$image" "$key" 'ENV LANG=C.UTF-8' 'ENV LLAMA_ARG_HOST=0.0.0.0' 'WORKDIR /app' \
                'ENTRYPOINT ["/app/llama-server"]' 'HEALTHCHECK CMD ["curl","-f","http://localhost:8080/health"]'
        rm -rf "$stage"
        first=$image
    done
}
