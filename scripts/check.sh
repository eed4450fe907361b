#!/usr/bin/env bash
# What has to be clean before a change goes in. Goes through all of it, then names what failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/scratch.sh

failed=()

# step <name> <remedy> <command…>
step() {
    local name=$1 remedy=$2
    shift 2
    echo "== $name"
    if ! "$@"; then
        failed+=("$name: $remedy")
    fi
}

dotnet=scripts/dotnet.sh
format="$dotnet format"
tables='FullyQualifiedName~Layering|FullyQualifiedName~Catalog|FullyQualifiedName~Contract|FullyQualifiedName~Generated'

step restore 'see above' $dotnet restore gateway.sln --verbosity quiet
step whitespace "$format whitespace gateway.sln" $dotnet format whitespace gateway.sln --no-restore --verify-no-changes
step style "$format style gateway.sln" $dotnet format style gateway.sln --no-restore --severity warn --verify-no-changes
step build 'fix the warnings above' $dotnet build gateway.sln --no-restore --nologo --verbosity quiet
step generated 'make generate' $dotnet run --project api/Gateway.Generator --no-build -- --check
step layering 'fix what the failed tests name' $dotnet test tests/Gateway.Tests --no-build --nologo --verbosity quiet --filter "$tables"

# Ahead-of-time compilation needs a linker; without one the trim and AOT analyzers of the build above are the only check.
native() {
    local messages
    messages=$($dotnet publish api/Gateway --configuration Release --output .cache/native --nologo --verbosity quiet \
        -p:PublishAot=true -p:RunAnalyzers=false 2>&1) && [ -z "$messages" ] || { printf '%s\n' "$messages" >&2; return 1; }
}
if command -v clang >/dev/null || command -v gcc >/dev/null; then
    step native 'the native program has to publish without a warning' native
else
    echo '== native: left out, there is neither clang nor gcc'
fi

if [ ${#failed[@]} -gt 0 ]; then
    printf 'Not clean: %s\n' "${failed[@]}" >&2
    exit 1
fi
echo 'Clean.'
