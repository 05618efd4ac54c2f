#!/bin/sh
# Runs inside the new base, as root, without network: users, services, and per variant a database cluster with the
# ledger's schema and a few old rows whose files lie in the vault.
set -eu
export LC_ALL=C

version=$(ls /usr/lib/postgresql)
systemctl enable -q postgresql
sed -i "s/@VERSION-main/@$version-main/" /etc/systemd/system/ledger.service
useradd --create-home --shell /bin/bash --gid operator operator
useradd --create-home --shell /bin/bash plain
useradd --system --home-dir /srv/ledger --no-create-home --shell /usr/sbin/nologin ledger
chmod 0440 /etc/sudoers.d/lab-operator
chmod 0755 /srv/ledger/bin/*
install -d -o ledger -g ledger /srv/ledger/vault /srv/ledger/reports /var/log/ledger
chown -R ledger:ledger /srv/ledger/etc

for variant in 1 2 3 4; do
  rm -rf "/etc/postgresql/$version/main"
  pg_createcluster "$version" main --locale en_US.UTF-8 -- --data-checksums > /dev/null
  cp /lab-postgresql.conf "/etc/postgresql/$version/main/conf.d/lab.conf"
  pg_ctlcluster "$version" main start
  runuser -u postgres -- psql -qX -v ON_ERROR_STOP=1 -c 'CREATE ROLE ledger LOGIN' -c 'CREATE DATABASE ledger OWNER ledger'
  runuser -u ledger -- psql -qX -v ON_ERROR_STOP=1 -f /lab-schema.sql ledger
  runuser -u ledger -- /srv/ledger/bin/ledger --entries 20 --label "before-$variant"
  pg_ctlcluster "$version" main stop -m fast
  mkdir -p "/variants/$variant/var/lib/postgresql/$version" "/variants/$variant/srv/ledger"
  mv "/var/lib/postgresql/$version/main" "/variants/$variant/var/lib/postgresql/$version/main"
  mv /srv/ledger/vault /srv/ledger/reports "/variants/$variant/srv/ledger/"
  chown postgres:postgres "/variants/$variant/var/lib/postgresql" "/variants/$variant/var/lib/postgresql/$version"
  install -d -o ledger -g ledger /srv/ledger/vault /srv/ledger/reports
done
rm -f /var/log/postgresql/* /var/log/ledger/*
