#!/bin/sh
# Runs inside the new base, as root, without network: users, services, and per variant a database cluster with the
# ledger's schema and a few old rows whose files lie in the vault.
set -eu
export LC_ALL=C

echo 'en_US.UTF-8 UTF-8' > /etc/locale.gen
locale-gen > /dev/null
echo 'LANG=en_US.UTF-8' > /etc/default/locale

: > /etc/machine-id
rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id
systemctl enable -q systemd-networkd cron ssh postgresql
systemctl disable -q systemd-networkd-wait-online.service || true
systemctl mask -q console-getty.service apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service \
  dpkg-db-backup.timer systemd-networkd-wait-online.service

useradd --create-home --shell /bin/bash --gid operator operator
useradd --create-home --shell /bin/bash plain
useradd --system --home-dir /srv/ledger --no-create-home --shell /usr/sbin/nologin ledger
chmod 0440 /etc/sudoers.d/lab-operator
chmod 0755 /srv/ledger/bin/*
install -d -o ledger -g ledger /srv/ledger/vault /srv/ledger/reports /var/log/ledger
chown -R ledger:ledger /srv/ledger/etc

pg_dropcluster --stop 15 main
for variant in 1 2 3 4; do
  rm -rf /etc/postgresql/15/main
  pg_createcluster 15 main --locale en_US.UTF-8 -- --data-checksums > /dev/null
  cp /lab-postgresql.conf /etc/postgresql/15/main/conf.d/lab.conf
  pg_ctlcluster 15 main start
  runuser -u postgres -- psql -qX -v ON_ERROR_STOP=1 -c 'CREATE ROLE ledger LOGIN' -c 'CREATE DATABASE ledger OWNER ledger'
  runuser -u ledger -- psql -qX -v ON_ERROR_STOP=1 -f /srv/ledger/schema.sql ledger
  runuser -u ledger -- /srv/ledger/bin/ledger --entries 20 --label "before-$variant"
  pg_ctlcluster 15 main stop -m fast
  mkdir -p "/variants/$variant/var/lib/postgresql/15" "/variants/$variant/srv/ledger"
  mv /var/lib/postgresql/15/main "/variants/$variant/var/lib/postgresql/15/main"
  mv /srv/ledger/vault /srv/ledger/reports "/variants/$variant/srv/ledger/"
  chown postgres:postgres "/variants/$variant/var/lib/postgresql" "/variants/$variant/var/lib/postgresql/15"
  install -d -o ledger -g ledger /srv/ledger/vault /srv/ledger/reports
done
rm -f /lab-postgresql.conf /var/log/postgresql/* /var/log/ledger/*
