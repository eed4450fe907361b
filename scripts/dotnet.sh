#!/usr/bin/env bash
# Runs the .NET SDK, found on PATH or where installers put it, quietly and whether libicu is there or not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for folder in /usr/share/dotnet /usr/lib/dotnet /opt/dotnet "${HOME:-/nonexistent}/.dotnet"; do
    PATH=$PATH:$folder
done
export PATH

if ! command -v dotnet >/dev/null; then
    echo 'The .NET 10 SDK is not here. Install it from https://dotnet.microsoft.com/download and run this again.' >&2
    exit 1
fi

# The SDK may be where programs that it built do not look for it.
root=$(dirname "$(readlink -f "$(command -v dotnet)")")
if [ -z "${DOTNET_ROOT:-}" ] && [ -d "$root/shared" ]; then
    export DOTNET_ROOT=$root
fi
# Build servers outlive the build and keep output pipes open.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
export DOTNET_CLI_HOME=${DOTNET_CLI_HOME:-${HOME:-$PWD/.cache}}
# Without libicu the SDK knows no languages: it has to be told so, and warns of every translated package.
if ! compgen -G '/usr/lib*/*/libicuuc.so.*' >/dev/null && ! compgen -G '/usr/lib*/libicuuc.so.*' >/dev/null; then
    export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 NoWarn='NETSDK1187;NETSDK1188'
fi
exec dotnet "$@"
