#!/bin/sh
# Builds the lab's base: build.sh TARGET [MIRROR], as root, under the cache's lock. TARGET then holds
#   root/        a Debian 12 with systemd, sshd, cron, rsync, PostgreSQL 15 and the ledger application
#   variants/N/  what differs from host to host: a database cluster of its own and the vault files that belong to it
# The plain Debian is kept beside it, so that a change of the application rebuilds in seconds.
# Each directory appears under its name only when it is complete.
set -eu
target=$1
mirror=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
cache=$(dirname "$target")
suite=bookworm
packages=systemd,systemd-sysv,dbus,openssh-server,cron,rsync,postgresql,sudo,iproute2,procps,nftables,logrotate,locales
debian=$cache/debian-$(echo "$suite $packages" | sha256sum | cut -c1-12)

[ -d "$target" ] && exit 0

# What an aborted build left: nobody else builds, the lock is ours.
remove_building() {
  for old in "$cache"/*.building; do
    [ -d "$old" ] || continue
    awk -v prefix="$old/" 'index($2, prefix) == 1 { print $2 }' /proc/self/mounts | sort -r |
      while read -r mount; do umount "$mount"; done
    rm -rf "$old"
  done
}
remove_building
trap remove_building EXIT
trap 'exit 130' INT TERM HUP

if [ ! -d "$debian" ]; then
  debootstrap --variant=minbase --include="$packages" "$suite" "$debian.building" ${mirror:+"$mirror"}
  rm -rf "$debian".building/var/cache/apt/archives/*.deb "$debian".building/var/lib/apt/lists/*
  mv "$debian.building" "$debian"
fi

building=$target.building
mkdir -p "$building/variants"
cp -a --reflink=auto "$debian" "$building/root"
cp -a --no-preserve=ownership "$here/files/." "$building/root/"
cp "$here/customise.sh" "$building/root/customise.sh"
systemd-nspawn --quiet --register=no --keep-unit --private-network --resolv-conf=off --timezone=off --link-journal=no \
  --as-pid2 --machine=understudy-lab-build --directory="$building/root" /bin/sh /customise.sh </dev/null
rmdir /run/systemd/nspawn/propagate/understudy-lab-build 2>/dev/null || :
rm "$building/root/customise.sh"
mv "$building"/root/variants/* "$building/variants/"
rmdir "$building/root/variants"
rm -f "$building/.#root.lck"
mv "$building" "$target"
