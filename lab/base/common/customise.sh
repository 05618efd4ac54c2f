#!/bin/sh
# Runs inside a new base, as root, without network: what the hosts of every layout have in common.
set -eu
export LC_ALL=C

echo 'en_US.UTF-8 UTF-8' > /etc/locale.gen
locale-gen > /dev/null
echo 'LANG=en_US.UTF-8' > /etc/default/locale

: > /etc/machine-id
rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id
systemctl enable -q systemd-networkd cron ssh
systemctl disable -q systemd-networkd-wait-online.service || true
systemctl mask -q console-getty.service apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service \
  dpkg-db-backup.timer systemd-networkd-wait-online.service
# They act on the kernel, which all hosts and this machine share, or on hardware that no host has.
systemctl mask -q systemd-modules-load.service systemd-sysctl.service systemd-binfmt.service modprobe@.service kmod-static-nodes.service \
  proc-sys-fs-binfmt_misc.automount proc-sys-fs-binfmt_misc.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
  sys-kernel-config.mount sys-fs-fuse-connections.mount dev-hugepages.mount systemd-journald-audit.socket systemd-pstore.service \
  systemd-random-seed.service systemd-repart.service systemd-sysext.service systemd-remount-fs.service \
  fstrim.timer fstrim.service getty@.service getty-static.service

# PostgreSQL as Debian packages it has made a cluster: the layout makes its own.
version=$(ls /usr/lib/postgresql)
pg_dropcluster --stop "$version" main
rm -f /var/log/postgresql/*
mkdir /variants
chmod 0755 /usr/local/bin/lab-writer
