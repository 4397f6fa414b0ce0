#!/bin/sh
# Cài hoặc nâng cấp Làng Số từ USB này, không cần mạng:   sudo sh cai-dat.sh VAI_TRÒ
#
# VAI_TRÒ là office (văn phòng), speaker (loa) hoặc kiosk; máy đã cài rồi thì không cần ghi.
#   --fingerprint VÂN_TAY   vân tay khoá đã biết trước, để không phải hỏi (40 chữ số)
#   --stick THƯ_MỤC         thư mục langso trên USB, nếu không phải nơi có tệp này
#   --back                  quay lại bản chạy trước bản hiện nay (giữ trên máy)
#
# Chạy lại bao nhiêu lần cũng được: lần trước dở dang (mất điện, rút USB) thì lần này làm nốt.
set -u
LC_ALL=C.UTF-8
export LC_ALL
umask 022

here=${LANGSO_INSTALL_ROOT-}                        # another root: for tests
known=$here/etc/langso/keyring/stick.gpg            # whose sticks this machine takes
kept=$here/var/cache/langso                         # packages taken from sticks: to go on after a cut, to go back
work=$here/run/langso-install

# Names that come from a stick do not steer the terminal.
say() { printf '%s\n' "$*" | LC_ALL=C tr -d '\000-\011\013-\037\177'; }
stop() { { echo; say "$*"; } >&2; exit 1; }
usage() { sed -n '2,9s/^# \{0,1\}//p' "$0"; exit "${1:-0}"; }
field() { sed -n "s/^$1: //p" "$2" | head -n 1; }
seconds() { [ -z "$1" ] || date -u -d "$1" +%s 2>/dev/null; }
on() { date -d "$1" +%d/%m/%Y; }
take() { # file $1 of the stick becomes $2, at most $3 bytes: no link, pipe or device leads root to another's files
    [ ! -L "$1" ] && [ -f "$1" ] ||
        stop "«$(basename "$1")» trên USB không phải tệp thường; đừng dùng USB này, hãy làm lại."
    dd if="$1" of="$2" bs=64k count="$(($3 + 1))" iflag=nofollow,nonblock,fullblock,count_bytes status=none 2>/dev/null ||
        stop "Không đọc được USB; hãy cắm lại rồi chạy lại."
    [ "$(wc -c <"$2")" -le "$3" ] || stop "«$(basename "$1")» trên USB quá lớn; đừng dùng USB này, hãy làm lại."
}
keys_in() { # how many primary keys an OpenPGP keyring holds; nothing where it is none
    od -An -v -tu1 "$1" | awk '
        { for (i = 1; i <= NF; i++) byte[n++] = $i }
        END {
            while (at < n) {
                head = byte[at++]
                if (head < 128) exit 1
                if (head >= 192) {
                    tag = head - 192; long = byte[at++]
                    if (long == 255) { long = 0; for (j = 0; j < 4; j++) long = long * 256 + byte[at++] }
                    else if (long >= 224) exit 1
                    else if (long >= 192) long = (long - 192) * 256 + byte[at++] + 192
                } else {
                    tag = int((head - 128) / 4); if (head % 4 == 3) exit 1
                    long = 0; for (j = 2 ^ (head % 4); j > 0; j--) long = long * 256 + byte[at++]
                }
                if (tag == 6) keys++
                at += long
            }
            if (at == n) print keys + 0
        }'
}
installed() { # the version of a package of ours that dpkg knows in any state but gone; else nothing
    dpkg-query -W -f='${db:Status-Status} ${Version}\n' "$1" 2>/dev/null | sed -n '/^\(not-installed\|config-files\) /!s/^[^ ]* //p'
}

# ---- what is asked
role='' stick='' expected='' back=''
while [ $# -gt 0 ]; do
    case $1 in
        office | speaker | kiosk) role=$1 ;;
        --stick) [ $# -gt 1 ] || usage 2; stick=$2; shift ;;
        --fingerprint) [ $# -gt 1 ] || usage 2; expected=$2; shift ;;
        --back) back=yes ;;
        -h | --help) usage ;;
        *) say "Không hiểu «$1»."; usage 2 ;;
    esac
    shift
done
[ -n "$stick" ] || stick=$(dirname "$0")
stick=$(cd "$stick" 2>/dev/null && pwd) || stop "Không mở được thư mục của USB; hãy cắm lại USB rồi chạy lại."
expected=$(printf %s "$expected" | tr -d ' :' | tr a-f A-F)

# ---- what this machine is
for program in dpkg dpkg-query apt-get apt-cache; do
    command -v $program >/dev/null 2>&1 || stop "Máy này không phải Debian hay Raspberry Pi OS; Làng Số chỉ cài được trên các hệ đó."
done
architecture=$(dpkg --print-architecture)
case $architecture in
    amd64 | arm64) ;;
    armhf | armel | i386) stop "Hệ điều hành của máy này là bản 32-bit ($architecture). Hãy ghi lại thẻ bằng bản 64-bit rồi cài lại." ;;
    *) stop "Loại máy $architecture không dùng được; cần máy 64-bit amd64 hay arm64." ;;
esac
# shellcheck disable=SC1091
release=$(. "$here/etc/os-release" && printf %s "${VERSION_CODENAME:-}")
# shellcheck disable=SC1091
system=$(. "$here/etc/os-release" && printf %s "${PRETTY_NAME:-$ID}")
[ "$(id -u)" = 0 ] || stop "Cài đặt cần quyền quản trị; hãy chạy: sudo sh $0 $role"

mkdir -p "$work" "$kept/apt/partial" "$(dirname "$known")"
# Root alone looks into them: a link on a stick may lead to keys before anything is judged.
chmod 700 "$work" "$kept"
exec 9>"$work/lock"
# Whoever is at the keyboard may stop this; a line of ssh that breaks does not.
trap '' HUP
trap 'trap "" INT; stop "Đã dừng giữa chừng. Chạy lại lệnh này để làm nốt; việc đã xong không làm lại."' INT TERM
flock -n 9 || stop "Có người đang cài trên máy này; hãy chờ xong rồi chạy lại."

find "$work" -mindepth 1 ! -name lock -delete

have=
for other in office speaker kiosk; do
    [ -z "$(installed langso-$other)" ] || have=$other
done
if [ -z "$have" ] && [ -f "$here/etc/langso/langso.toml" ]; then
    have=$(sed -n 's/^[[:space:]]*role[[:space:]]*=[[:space:]]*"\([a-z]*\)".*/\1/p' "$here/etc/langso/langso.toml" | head -n 1)
fi
[ -n "$role" ] || role=$have
[ -n "$role" ] || { say "Hãy ghi vai trò của máy này: office (văn phòng), speaker (loa) hay kiosk."; usage 2; }
[ -z "$have" ] || [ "$have" = "$role" ] ||
    stop "Máy này đã là «${have}»; mỗi máy một vai trò. Hãy dùng máy khác, hoặc gỡ hẳn vai trò cũ: apt purge langso-$have"
package=langso-$role
running=$(installed "$package")

finish_interrupted() {
    # dpkg's own memory of what it was doing when the power went.
    DEBIAN_FRONTEND=noninteractive dpkg --force-confold --configure -a >"$work/dpkg.log" 2>&1 || true
}

# ---- back to the version before
if [ -n "$back" ]; then
    previous=$kept/previous/$package.deb
    [ -f "$previous" ] || stop "Máy này không giữ bản trước nào để quay lại."
    finish_interrupted
    say "Quay lại $package $(dpkg-deb -f "$previous" Version) …"
    DEBIAN_FRONTEND=noninteractive dpkg --force-confold --install "$previous" >"$work/dpkg.log" 2>&1 ||
        stop "Không quay lại được: $(tail -n 1 "$work/dpkg.log")"
    say "Xong. Xem máy có khoẻ không: sudo langso doctor"
    exit 0
fi

# ---- what the stick is
suite=$stick/$release
[ -d "$suite" ] && [ ! -L "$suite" ] || stop "USB này không có bản cho $system; USB có: $(cd "$stick" && ls -d -- */ 2>/dev/null | tr -d / | tr '\n' ' ')"
[ -f "$suite/InRelease" ] && [ -f "$stick/khoa.gpg" ] || stop "USB này chưa được ký; đừng dùng. Hãy làm lại USB bằng: langso bundle"
[ -f "$suite/Packages" ] || stop "USB này thiếu tệp danh mục; hãy làm lại USB."
# Copies: what is judged is what is used, whatever happens to the stick meanwhile.
take "$stick/khoa.gpg" "$work/khoa.gpg" 65536
take "$suite/InRelease" "$work/InRelease" 1048576
take "$suite/Packages" "$work/Packages" 67108864
[ "$(keys_in "$work/khoa.gpg")" = 1 ] || stop "Tệp khoá trên USB (khoa.gpg) không phải đúng một khoá; đừng dùng USB này, hãy làm lại."
[ ! -f "$known" ] || [ "$(keys_in "$known")" = 1 ] ||
    stop "Tệp khoá mà máy đã nhận ($known) không phải đúng một khoá. Hãy xoá tệp đó rồi chạy lại và so vân tay."
made=$(field Date "$work/InRelease") until=$(field Valid-Until "$work/InRelease")
now=$(date +%s)
{ [ -n "$(seconds "$made")" ] && [ -n "$(seconds "$until")" ]; } || stop "Danh mục trên USB bị hỏng; hãy làm lại USB."
[ "$now" -ge "$(seconds "$made")" ] ||
    stop "Đồng hồ máy này chỉ $(date '+%H:%M %d/%m/%Y'), sớm hơn ngày làm USB ($(on "$made")). Hãy đặt giờ cho đúng rồi chạy lại, ví dụ: date -s '2026-12-31 08:30'"
[ "$now" -le "$(seconds "$until")" ] ||
    stop "USB này hết hạn từ $(on "$until") (máy chỉ $(date +%d/%m/%Y)). Hãy làm lại USB, hoặc đặt lại giờ nếu máy chạy sai."

signer() { # the fingerprint of the key in $1 that signed the stick's list, whose text goes to $2; nothing: not signed by it
    if command -v gpgv >/dev/null 2>&1; then
        gpgv --status-fd 1 --keyring "$1" --output "$2" "$work/InRelease" 2>/dev/null | sed -n 's/^\[GNUPG:\] VALIDSIG .* //p' | head -n 1
    elif command -v sqv >/dev/null 2>&1; then
        sqv --keyring "$1" --output "$2" --cleartext "$work/InRelease" 2>/dev/null | tr -d ' ' | head -n 1
    else
        stop "Máy này không có chương trình kiểm chữ ký (gpgv hay sqv); hãy cài lại apt."
    fi
}
rm -f "$work/Release"
if [ -f "$known" ]; then
    fingerprint=$(signer "$known" "$work/Release")
    if [ -z "$fingerprint" ]; then
        rm -f "$work/Release"
        other=$(signer "$work/khoa.gpg" "$work/Release")
        [ -z "$other" ] ||
            stop "USB này ký bằng khoá khác ($other) với khoá mà máy đã nhận. Nếu xã đổi khoá thật, hãy xoá $known rồi chạy lại và so vân tay mới."
        stop "Chữ ký trên USB không đúng: tệp bị hỏng hoặc bị sửa. Đừng dùng USB này; hãy làm lại."
    fi
else
    fingerprint=$(signer "$work/khoa.gpg" "$work/Release")
    [ -n "$fingerprint" ] || stop "Chữ ký trên USB không đúng: tệp bị hỏng hoặc bị sửa. Đừng dùng USB này; hãy làm lại."
fi
if [ -n "$expected" ]; then
    [ "$expected" = "$fingerprint" ] || stop "Vân tay khoá không khớp: USB là $fingerprint, cần $expected. Đừng dùng USB này."
elif [ ! -f "$known" ]; then
    # Shown but for its end, so that the paper is read and not the screen.
    shown=$(printf %s "$fingerprint" | cut -c1-24 | sed 's/..../& /g')
    say "Lần đầu máy này gặp khoá của USB. Vân tay khoá: ${shown}…. …. …. …."
    say "Lấy tờ giấy ghi vân tay (in ra khi làm USB), xem phần đầu có giống không, rồi gõ 16 chữ số cuối:"
    read -r typed || typed=
    [ "$(printf %s "$typed" | tr -d ' ' | tr a-f A-F)" = "$(printf %s "$fingerprint" | cut -c25-)" ] ||
        stop "Không khớp nên chưa cài gì. Xem lại tờ giấy; nếu chữ số trên giấy thật sự khác, đừng dùng USB này."
fi
wanted=$(sed -n '/^SHA256:/,/^[^ ]/s/^ \([0-9a-f]\{64\}\) .* Packages$/\1/p' "$work/Release")
[ -n "$wanted" ] && [ "$(sha256sum <"$work/Packages" | cut -d' ' -f1)" = "$wanted" ] ||
    stop "Danh mục trên USB không đúng với chữ ký: tệp bị cụt hoặc bị sửa. Hãy làm lại USB."

offered=$(awk -v RS= -v package="$package" -v architecture="$architecture" '
    { name = version = machine = ""; n = split($0, lines, "\n")
      for (i = 1; i <= n; i++) { split(lines[i], part, ": ")
        if (part[1] == "Package") name = part[2]; if (part[1] == "Version") version = part[2]
        if (part[1] == "Architecture") machine = part[2] }
      if (name == package && (machine == architecture)) print version }' "$work/Packages" | tail -n 1)
[ -n "$offered" ] || stop "USB này không có $package cho máy $architecture; hãy làm USB có loại máy này."
if [ -n "$running" ] && dpkg --compare-versions "$offered" lt "$running"; then
    stop "USB này cũ hơn bản đang chạy ($offered so với $running) nên không cài. Muốn quay lại bản trước: sudo langso install --back"
fi
if [ ! -f "$known" ]; then
    cp "$work/khoa.gpg" "$known.new" && sync "$known.new" && mv "$known.new" "$known" || stop "Không ghi được $known; hãy xem chỗ trống."
fi

# ---- install, from the stick alone
finish_interrupted
ln -sfn "$stick" "$work/stick"
mkdir -p "$work/lists/partial" "$work/none"
echo "deb [signed-by=$known] copy:$work/stick $release/" >"$work/sources.list"
stick_apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -y \
        -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts="$work/none" \
        -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts="$work/none" \
        -o Dir::State::Lists="$work/lists" -o Dir::Cache::Archives="$kept/apt" \
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Acquire::Languages=none \
        -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o APT::Get::List-Cleanup=false \
        -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-confdef "$@"
}
apt_is_held() { grep -q 'Could not get lock\|Unable to acquire the dpkg frontend lock' "$work/apt.log"; }
waiting() { # stick_apt, which says so where another program holds apt, and waits for that five minutes
    stick_apt -o DPkg::Lock::Timeout=0 "$@" >"$work/apt.log" 2>&1 && return 0
    apt_is_held || return 1
    say "Máy đang cài hay gỡ gói khác ở nơi khác (apt, dpkg); chờ nó xong, nhiều nhất 5 phút …"
    stick_apt -o DPkg::Lock::Timeout=300 "$@" >"$work/apt.log" 2>&1 && return 0
    apt_is_held || return 1
    stop "Vẫn còn chương trình cài gói khác đang chạy (có thể nó chờ ai trả lời); hãy kết thúc nó rồi chạy lại lệnh này."
}
failed() { # the last errors that apt gave, after a sentence
    stop "$1
$(grep '^E:' "$work/apt.log" | tail -n 3)"
}
say "USB đúng chữ ký ($fingerprint). Đang xem cần những gì …"
stick_apt update >"$work/apt.log" 2>&1 || failed "Không đọc được kho trên USB; hãy cắm lại USB, hoặc làm lại."
grep -q '^[WE]:.*\(GPG\|Hash\|signature\)' "$work/apt.log" && failed "Kho trên USB không đúng chữ ký; hãy làm lại USB."
# What was cut while it was unpacked has to be unpacked anew: dpkg knows, and apt does it only for what is named.
torn=$(dpkg-query -W -f='${db:Status-Eflag} ${binary:Package}\n' 2>/dev/null | sed -n 's/^reinstreq //p')
if [ -n "$torn" ]; then
    say "Chép lại gói bị đứt giữa chừng: $(echo $torn) …"
    # shellcheck disable=SC2086 # names of packages, one word each
    { waiting --download-only --fix-broken --reinstall install $torn &&
        waiting --no-download --fix-broken --reinstall install $torn; } || true # the steps below say what is wrong
fi
stick_apt --simulate --fix-broken install "$package=$offered" >"$work/apt.log" 2>&1 || {
    cat "$work/apt.log" >&2
    failed "Các gói trên USB không hợp với máy này (máy có thể mới hơn USB). Hãy làm lại USB hôm nay rồi chạy lại."
}
# One keeper of time a machine: Debian's own gives way to chrony.
gone=$(sed -n 's/^Remv \([^ ]*\).*/\1/p' "$work/apt.log" | grep -vx 'systemd-timesyncd\|ntpsec\|openntpd' | tr '\n' ' ')
[ -z "$gone" ] || stop "Cài Làng Số sẽ phải gỡ: $gone; chưa làm gì. Hãy gỡ trước nếu thật muốn, hoặc dùng máy khác."
count=$(grep -c '^Inst ' "$work/apt.log")
needed=$(awk -v RS= -v chosen=" $(sed -n 's/^Inst \([^ ]*\).*/\1/p' "$work/apt.log" | tr '\n' ' ')" '
    { name = ""; bytes = kilobytes = 0; n = split($0, lines, "\n")
      for (i = 1; i <= n; i++) { split(lines[i], part, ": ")
        if (part[1] == "Package") name = part[2]
        if (part[1] == "Size") bytes = part[2]
        if (part[1] == "Installed-Size") kilobytes = part[2] }
      if (index(chosen, " " name " ")) sum += bytes / 1024 + kilobytes }
    END { printf "%d", sum / 1024 + 200 }' "$work/Packages")
free=$(df -Pm "$kept" | awk 'NR == 2 { print $4 }')
[ "${free:-0}" -ge "$needed" ] || stop "Máy này còn trống $free MB, cần $needed MB; hãy dọn bớt rồi chạy lại. Chưa cài gì."

say "Chép $count gói từ USB vào máy và kiểm từng gói …"
waiting --download-only --fix-broken install "$package=$offered" ||
    failed "Có gói trên USB bị hỏng, bị cụt hoặc thiếu nên chưa cài gì; hãy làm lại USB (hoặc cắm lại nếu vừa bị rút)."
say "Cài $package $offered … (đừng tắt máy; nếu lỡ mất điện, chạy lại lệnh này)"
waiting --no-download --fix-broken install "$package=$offered" || {
    cat "$work/apt.log" >&2
    failed "Cài chưa xong; hãy chạy lại lệnh này. Nếu vẫn vậy, gửi cho người hỗ trợ tệp $work/apt.log"
}

# ---- keep this version, and the one before for going back
mkdir -p "$kept/current" "$kept/previous"
fresh=$(find "$kept/apt" -name "${package}_*.deb" | head -n 1)
if [ -n "$fresh" ]; then
    if [ -f "$kept/current/$package.deb" ] && [ "$(dpkg-deb -f "$kept/current/$package.deb" Version)" != "$offered" ]; then
        mv -f "$kept/current/$package.deb" "$kept/previous/$package.deb"
    fi
    mv -f "$fresh" "$kept/current/$package.deb"
fi
rm -rf "$kept/apt" "$work/lists"

say "Đã cài xong $package $offered."
if [ -f "$here/etc/langso/langso.toml" ]; then say "Xem máy có khoẻ không: sudo langso doctor"
else say "Việc tiếp theo: sudo langso setup"
fi
