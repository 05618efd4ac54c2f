#!/bin/sh
# Builds one of the lab's bases: build.sh TARGET SUITE LAYOUT [MIRROR], as root, under the suite's lock. TARGET then holds
#   root/        Debian SUITE with systemd, sshd, cron, rsync, its PostgreSQL, and the application as LAYOUT has it
#   variants/N/  what differs from host to host: a database cluster of its own and the vault files that belong to it
# The plain Debian of a suite is kept beside it, so that another layout or a change of the application takes seconds.
# Each directory appears under its name only when it is complete.
set -eu
target=$1 suite=$2 layout=$3
mirror=${4:-}
here=$(cd "$(dirname "$0")" && pwd)
cache=$(dirname "$target")
packages=systemd,systemd-sysv,dbus,openssh-server,cron,rsync,postgresql,sudo,iproute2,procps,nftables,logrotate,locales
debian=$cache/debian-$(echo "$suite $packages" | sha256sum | cut -c1-12)

[ -d "$target" ] && exit 0

# What an aborted build left: nobody else builds for this suite, the lock is ours.
remove_building() {
  for old in "$cache"/*-"$suite"-*.building "$debian.building"; do
    [ -d "$old" ] || continue
    awk -v prefix="$old/" 'index($2, prefix) == 1 { print $2 }' /proc/self/mounts | sort -r |
      while read -r mount; do umount "$mount"; done
    rm -rf "$old"
  done
}
remove_building
trap remove_building EXIT
# What no checkout has used for a month, and no host stands on.
find "$cache" -mindepth 1 -maxdepth 1 -type d -mtime +30 | while read -r old; do
  grep -qF "$old/" /proc/self/mounts || rm -rf "$old"
done
trap 'exit 130' INT TERM HUP

if [ ! -d "$debian" ]; then
  debootstrap --variant=minbase --include="$packages" "$suite" "$debian.building" ${mirror:+"$mirror"}
  rm -rf "$debian".building/var/cache/apt/archives/*.deb "$debian".building/var/lib/apt/lists/*
  mv "$debian.building" "$debian"
fi
touch "$debian"

building=$target.building
mkdir -p "$building/variants"
cp -a --reflink=auto "$debian" "$building/root"
mkdir "$building/root/customise"
for part in common "$layout"; do
  cp -a --no-preserve=ownership "$here/$part/files/." "$building/root/"
  cp "$here/$part/customise.sh" "$building/root/customise/$part.sh"
  systemd-nspawn --quiet --register=no --keep-unit --private-network --resolv-conf=off --timezone=off --link-journal=no \
    --as-pid2 --machine="understudy-lab-build-$suite" --directory="$building/root" /bin/sh "/customise/$part.sh" </dev/null
done
rmdir /run/systemd/nspawn/propagate/"understudy-lab-build-$suite" 2>/dev/null || :
rm -r "$building/root/customise" "$building/root/lab-postgresql.conf" "$building/root/lab-schema.sql"
mv "$building"/root/variants/* "$building/variants/"
rmdir "$building/root/variants"
rm -f "$building/.#root.lck"
mv "$building" "$target"
