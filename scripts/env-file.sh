# Reads and writes .env; source it.
# shellcheck shell=bash

readonly env_file=.env

# in_file <file> <name>: the value of the last line that sets it, without its quotes. The file may hold any bytes.
in_file() {
    [ -f "$1" ] || return 0
    LC_ALL=C sed -n "s/^[[:space:]]*\(export[[:space:]]\+\)\?$2[[:space:]]*=[[:space:]]*//p" "$1" | tr -d '\000\r' | tail -n 1 |
        LC_ALL=C sed -e "s/^'\([^']*\)'.*$/\1/;t" -e 's/^"\([^"]*\)".*$/\1/;t' -e 's/[[:space:]]\+#.*$//' -e 's/[[:space:]]*$//'
}

# setting <name>: from the environment, else from .env; empty where neither sets it.
setting() {
    if [ -n "${!1+set}" ]; then printf '%s\n' "${!1}"; else in_file "$env_file" "$1"; fi
}

# set_in_file <file> <name> <value>: in place of its line, whether in force or shown; else at the end.
set_in_file() {
    local value=$3
    case $value in
        *\'*) fail "$2 has an apostrophe in its value." 'Write it into .env yourself, in double quotes.' ;;
        *[!A-Za-z0-9_./:,@%+=-]*) value="'$value'" ;;
    esac
    NAME=$2 VALUE=$value awk '
        BEGIN { name = ENVIRON["NAME"]; line = name "=" ENVIRON["VALUE"] }
        !done && (index($0, name "=") == 1 || index($0, "# " name "=") == 1) { print line; done = 1; next }
        index($0, name "=") == 1 { next }
        { print }
        END { if (!done) print line }' "$1" | (umask 077 && cat > "$1.new")
    mv "$1.new" "$1"
}

# What make env-<kind> fills in does not make a file an edited one.
as_shipped() {
    sed -e 's/^\(# \)\?\(API_KEYS\|ADMIN_API_KEY\|MODEL_NAME\|GPU\)=.*/\2=/' "$1"
}

is_edited() {
    local shipped
    for shipped in deploy/env/*.env; do
        if [ "$(as_shipped "$env_file")" = "$(as_shipped "$shipped")" ]; then return 1; fi
    done
}

# The names that a file sets, one a line.
set_names() {
    sed -n 's/^[[:space:]]*\([A-Za-z_][A-Za-z0-9_]*\)[[:space:]]*=.*/\1/p' "$1" | sort -u
}

# A name that no copy has yet.
copy_name() {
    local name number=1 stamp
    stamp=$env_file.bak-$(date +%Y%m%d-%H%M%S)
    name=$stamp
    while [ -e "$name" ]; do name=$stamp.$((number++)); done
    printf '%s\n' "$name"
}

keep_copy() {
    local copy
    copy=$(copy_name)
    cp -p "$env_file" "$copy"
    say "Your $env_file had been edited: the old file is kept as $copy."
}

# write_env_file <kind>: keys that clients already have stay theirs; without any, one is made.
write_env_file() {
    local kind=$1 name value new
    if ! [ -f "deploy/env/$kind.env" ]; then
        fail "There is no deploy/env/$kind.env." "There are: $(printf 'env-%s ' $(ls deploy/env | sed 's/\.env$//'))"
    fi
    if [ -f "$env_file" ] && is_edited; then keep_copy; fi
    umask 077
    new=$(mktemp "$env_file.XXXXXX")
    cat "deploy/env/$kind.env" > "$new"
    for name in API_KEYS ADMIN_API_KEY; do
        value=$(in_file "$env_file" "$name")
        if [ -n "$value" ]; then set_in_file "$new" "$name" "$value"; fi
    done
    for name in MODEL_NAME GPU; do
        if [ -n "${!name:-}" ]; then set_in_file "$new" "$name" "${!name}"; fi
    done
    if [ -z "$(in_file "$new" API_KEYS)" ]; then
        value=sk-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
        set_in_file "$new" API_KEYS "$value"
        say "A key for your clients was made: $value"
    fi
    mv "$new" "$env_file"
    say "$env_file is set up for $kind. Edit it, then: make up BACKEND=$(is_engine "$kind" && echo "$kind" || echo none)"
}
