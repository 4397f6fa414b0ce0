#!/bin/sh
# Re-make the locks: one for each role, every file pinned with its hashes, no index addresses. Needs `uv`.
set -eu
cd "$(dirname "$0")/.."
for role in speaker scanner kiosk office dev; do
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --extra "$role" pyproject.toml -o "requirements/$role.txt" "$@"
done
printf 'PyGObject>=3.50,<3.52\n' | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-header --no-annotate - -o requirements/gobject.txt "$@"
