# For scripts beside this one that run our init in machines of others: ends the
# script as the program in the guest ended, which init wrote to the file $1. If it
# did not, why is what the kernel's console, in $1.console, says of a panic, or
# says last.
# shellcheck shell=sh
end_as_guest() {
    how='' value=''
    while read -r word rest; do
        case $word in exit | signal | error) how=$word value=$rest ;; esac
    done <"$1"
    if [ -z "$how" ] && [ -s "$1.console" ]; then
        value=$(grep -m 1 'Kernel panic' "$1.console" || tail -n 1 "$1.console")
        value=$(printf %s "$value" | tr -d '\r')
    fi
    rm -f "$1" "$1.console"
    case $how in
    exit) exit "$value" ;;
    signal) exit $((128 + value)) ;;
    esac
    echo "the guest ended early: ${value:-it said nothing}" >&2
    exit 125
}
