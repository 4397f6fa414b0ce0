#!/bin/sh
# Re-make the locks: one for each role, every file pinned with its hashes, no index addresses. Needs `uv`.
# Wheels only, except for gobject.txt: what is built from source would pull build requirements that no lock names.
set -eu
cd "$(dirname "$0")/.."
compile() {
    # One version a library for every Python: what is checked and tried on one Debian is what the other runs.
    uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-header --no-annotate "$@"
}
for role in speaker scanner kiosk office dev; do
    compile --only-binary :all: --extra "$role" pyproject.toml -o "requirements/$role.txt" "$@"
done
# The installer and what builds this project; then PyGObject, and what builds that.
printf 'pip>=26\nsetuptools>=77\n' | compile --only-binary :all: - -o requirements/build.txt "$@"
printf 'PyGObject>=3.50,<3.52\n' | compile - -o requirements/gobject.txt "$@"
printf 'meson-python>=0.18\nmeson>=1.5\nninja\n' | compile --only-binary :all: - -o requirements/gobject-build.txt "$@"
