import {
  onBoth,
  onPrimary,
  onStandby,
  type PreflightFault,
  together,
  without,
} from '@/test/harness/preflight-faults/fault'

const reports = '/srv/ledger/reports'

/** A file system of its own over a directory; what is in it is seen again when it is gone. */
const mounted = (path: string, kind: 'tmpfs' | 'ramfs' = 'tmpfs') => ({
  make: `owner=$(stat -c %u:%g ${path}) && mount -t ${kind} -o size=1g ${kind} ${path} && chown $owner ${path}`,
  mend: `umount ${path}`,
})

/** What is wrong with the synced directories, and with what copies them. */
export const fileFaults: readonly PreflightFault[] = [
  {
    title: 'rsync is on neither host',
    make: onBoth(without('/usr/bin/rsync')),
    finds: {
      'primary-file-tools': ['fail', 'rsync is missing'],
      'standby-file-tools': ['fail', 'rsync is missing'],
    },
  },
  {
    title: 'cron is stopped on the standby',
    make: onStandby({ make: 'systemctl stop cron', mend: 'systemctl start cron' }),
    finds: { 'standby-file-tools': ['fail', 'cron does not run'] },
  },
  {
    title: 'a directory is not on the primary',
    make: onPrimary(without(reports)),
    finds: { directories: ['fail', `${reports} is not on`] },
  },
  {
    title: 'a directory of the standby is a file system of its own',
    make: onStandby(mounted(reports)),
    finds: {
      directories: ['warn', 'it can’t get another name'],
      'mount-points': ['warn', `in ${reports} on`],
    },
  },
  {
    title: 'a directory of the primary is a file system of its own',
    make: onPrimary(mounted(reports)),
    finds: { 'mount-points': ['warn', `lies in the file system ${reports} on`] },
  },
  {
    title: 'a directory of the standby is on a file system that the primary may have too',
    make: onStandby(mounted(reports, 'ramfs')),
    finds: {
      directories: ['fail', `${reports} (ramfs)`],
      'mount-points': ['warn', `in ${reports} on`],
      'disk-space': ['fail', `${reports}: `],
    },
  },
  {
    title: 'one file deep in a tree belongs to somebody whom the standby does not know',
    make: onPrimary({
      make: 'useradd -u 4711 scribe && mkdir -p /srv/ledger/vault/lab/deep && touch /srv/ledger/vault/lab/deep/file && chown scribe: /srv/ledger/vault/lab/deep/file',
      mend: 'rm -r /srv/ledger/vault/lab; userdel scribe',
    }),
    finds: { owners: ['fail', 'uid 4711 is scribe on the primary and nobody on'] },
  },
  {
    title: 'the owner has another number on the standby',
    make: together(
      onPrimary({
        make: `useradd -u 4711 scribe && touch ${reports}/of-scribe && chown scribe ${reports}/of-scribe`,
        mend: `rm ${reports}/of-scribe; userdel scribe`,
      }),
      onStandby({ make: 'useradd -u 4712 scribe', mend: 'userdel scribe' }),
    ),
    finds: { owners: ['fail', 'where scribe is 4712'] },
  },
  {
    title: 'a group of the files has another number on the standby',
    make: together(
      onPrimary({
        make: `groupadd -g 4711 scribes && touch ${reports}/of-scribes && chgrp scribes ${reports}/of-scribes`,
        mend: `rm ${reports}/of-scribes; groupdel scribes`,
      }),
      onStandby({ make: 'groupadd -g 4712 scribes', mend: 'groupdel scribes' }),
    ),
    finds: {
      owners: ['fail', 'gid 4711 is scribes on the primary and nobody on', 'Give each the same number'],
    },
  },
  {
    title: 'what is there on the standby belongs to somebody else',
    make: onStandby({
      make: `touch ${reports}/of-backup && chown backup ${reports}/of-backup`,
      mend: `rm ${reports}/of-backup`,
    }),
    finds: { owners: ['warn', 'belongs to backup too'] },
  },
  {
    title: 'the directories do not fit on the standby',
    make: onStandby({
      make: 'version=$(cat /srv/ledger/VERSION) && mount -t tmpfs -o size=1m tmpfs /srv/ledger && echo $version > /srv/ledger/VERSION',
      mend: 'umount /srv/ledger',
    }),
    finds: { 'disk-space': ['fail', 'to copy, '], 'mount-points': ['warn', 'in /srv/ledger on'] },
  },
  {
    title: 'the standby has no dpkg',
    input: { scope: { database: true, files: false, packages: true } },
    profile: (profile) => ({ ...profile, packages: { system: true, pip: null } }),
    make: onStandby(without('/usr/bin/dpkg-query')),
    finds: { 'deb-packages': ['fail', 'The primary has deb, the standby neither'] },
  },
  {
    title: 'the primary’s packages are rpm’s',
    input: { scope: { database: true, files: false, packages: true } },
    profile: (profile) => ({ ...profile, packages: { system: true, pip: null } }),
    make: together(
      onPrimary(without('/usr/bin/dpkg-query')),
      onPrimary({
        make: 'ln -s /bin/true /usr/local/bin/rpm',
        mend: 'rm /usr/local/bin/rpm',
      }),
    ),
    finds: { 'rpm-packages': ['fail', 'The primary has rpm, the standby deb'] },
  },
  {
    title: 'the standby’s interpreter has no pip',
    input: { scope: { database: true, files: false, packages: true } },
    profile: (profile) => ({
      ...profile,
      packages: {
        system: false,
        pip: { command: '/usr/local/bin/lab-pip', user: false, wheelDirectory: null },
      },
    }),
    make: onPrimary({
      make: `printf '#!/bin/sh\\necho "[]"\\n' > /usr/local/bin/lab-pip && chmod 755 /usr/local/bin/lab-pip`,
      mend: 'rm /usr/local/bin/lab-pip',
    }),
    finds: { 'pip-packages': ['fail', 'is not there on'] },
  },
]
