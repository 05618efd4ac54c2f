#!/bin/sh
# Runs inside the new base, as root, without network: the user phantom, who owns everything and may do nothing else, and per
# variant a database with the application's schema and a few old rows whose files lie in the vault.
set -eu
export LC_ALL=C

home=/opt/phantom
version=$(ls /usr/lib/postgresql)
# Beside the application, where no package puts them: whoever looks for them has to be told by the server itself. Only psql is found.
programs=$home/usr/postgresql/bin
mkdir -p $home/usr
# Its libraries are found beside its programs (PostgreSQL's make_relative_path).
mv "/usr/lib/postgresql/$version" $home/usr/postgresql
ln -s $programs/psql /usr/local/bin/psql
# Debian's own start of clusters has nothing to start here.
systemctl disable -q postgresql
useradd --create-home --shell /bin/bash phantom
chmod 0755 $home/bin/*
mkdir -p $home/vault/reports $home/var/log/phantom $home/var/run $home/data
chown -R phantom:phantom $home
chmod 0700 $home/data

as_phantom() { runuser -u phantom -- env PGHOST=/tmp "$@"; }
for variant in 1 2 3 4; do
  as_phantom "$programs/initdb" -D $home/data/db --data-checksums --locale en_US.UTF-8 --auth-local peer --auth-host scram-sha-256 > /dev/null
  {
    cat /lab-postgresql.conf
    echo "unix_socket_directories = '/tmp'"
    echo "logging_collector = on"
    echo "log_directory = '$home/var/log/phantom'"
    echo "log_filename = 'postgresql.log'"
  } >> $home/data/db/postgresql.conf
  as_phantom $home/bin/phsvc start postgresql
  as_phantom psql -qX -v ON_ERROR_STOP=1 -d postgres -c 'CREATE DATABASE phantom'
  as_phantom psql -qX -v ON_ERROR_STOP=1 -f /lab-schema.sql phantom
  as_phantom $home/bin/phantomd --entries 20 --label "before-$variant"
  as_phantom $home/bin/phsvc stop postgresql
  mkdir -p "/variants/$variant$home/data"
  mv $home/data/db "/variants/$variant$home/data/db"
  mv $home/vault "/variants/$variant$home/vault"
  as_phantom mkdir -p $home/vault/reports
  # The upper layer of an overlay decides the attributes of a directory.
  chown phantom:phantom "/variants/$variant$home" "/variants/$variant$home/data"
  chmod 0700 "/variants/$variant$home/data"
done
rm -rf $home/var/log/phantom/* $home/var/run/*

# What starts at boot, beside a line that is nobody's business.
crontab -u phantom - <<'CRONTAB'
# Jobs of phantom.
17 4 * * * /opt/phantom/bin/phsvc status >/dev/null 2>&1
@reboot /opt/phantom/bin/phsvc start postgresql
CRONTAB
