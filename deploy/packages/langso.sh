#!/bin/sh
# langso: each command runs as its role's user, so that no file of a service ends up owned by root.
programs=/usr/lib/langso
read -r role < "$programs/role" || exit 1

start() {
    exec /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG="${LANG:-C.UTF-8}" \
        TERM="${TERM:-dumb}" HOME="$home" USER="$user" LOGNAME="$user" PYTHONUNBUFFERED=1 \
        LANGSO_ASSETS="$programs/assets" ${LC_ALL:+LC_ALL="$LC_ALL"} ${LC_MESSAGES:+LC_MESSAGES="$LC_MESSAGES"} \
        ${LANGSO_LANGUAGE:+LANGSO_LANGUAGE="$LANGSO_LANGUAGE"} ${DEBIAN_FRONTEND:+DEBIAN_FRONTEND="$DEBIAN_FRONTEND"} \
        "$@"
}

user=langso-$role
case "${1-}${2+ $2}" in
    "office signer") user=langso-signer ;;
esac
home=/var/lib/$user

kept() {
    user=$(id -un) home=${HOME:-/}
    start "$programs/venv/bin/langso" "$@"
}

case "${1-} ${2-}" in
    # Root keys lie on a stick of whoever holds them; nothing of a service is touched.
    " " | "-h "* | "--help "* | "--version "* | "root "*) kept "$@" ;;
    # It only looks: an ordinary user is told what it could not see.
    "doctor "*) kept "$@" ;;
    # They read every service's keys and sticks, ask systemd, or change the machine.
    "setup "* | "install "* | "bundle "* | "pair "* | "courier "* | "backup "* | "office init" | "office trust" | "speaker alone")
        for word in "$@"; do
            case "$word" in -h | --help) kept "$@" ;; esac
        done
        [ "$(id -u)" = 0 ] && kept "$@"
        echo "Lệnh «langso $1» cần quyền quản trị; hãy chạy: sudo langso $*" >&2
        exit 1
        ;;
esac

if [ "$(id -u)" = 0 ]; then
    start setpriv --reuid="$user" --regid="$user" --init-groups "$programs/venv/bin/langso" "$@"
elif [ "$(id -un)" = "$user" ]; then
    start "$programs/venv/bin/langso" "$@"
fi
echo "Lệnh này phải chạy dưới người dùng $user; hãy chạy: sudo langso $*" >&2
exit 1
