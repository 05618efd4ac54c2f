import { hostLockText } from '@/lib/domain/host-lock'
import {
  doTo,
  onBoth,
  onStandby,
  type PreflightFault,
  refusePort,
} from '@/test/harness/preflight-faults/fault'

const lock = hostLockText({
  operationId: '11111111-0000-4000-8000-000000000000',
  what: 'create of pair other',
  by: 'bo',
  reason: 'A second site',
  since: '2026-11-23T05:00:00.000Z',
  dashboardId: 'another dashboard',
  from: 'desk (10.0.0.9)',
})

/** A new machine-id for as long as it is mounted over the host's own. */
const machineId = (id: string) => ({
  make: `echo ${id} > /run/lab-machine-id && mount --bind /run/lab-machine-id /etc/machine-id`,
  mend: 'umount /etc/machine-id',
})

/** The same hosts over connections of their own, so that what is new on them is met from the sign-in on. */
const anew: PreflightFault['hosts'] = ({ primary, standby }) => ({
  primary: { ...primary, id: crypto.randomUUID() },
  standby: { ...standby, id: crypto.randomUUID() },
})

/** The same hosts by a login that becomes nobody else, and has little there that is its own. */
const asPlain: PreflightFault['hosts'] = ({ primary, standby }) => {
  const plain = { user: 'plain', privilege: 'unprivileged', home: '/home/plain' } as const
  return {
    primary: { ...primary, ...plain, id: crypto.randomUUID() },
    standby: { ...standby, ...plain, id: crypto.randomUUID() },
  }
}

/** What is wrong with the machines, and with the way to them. */
export const hostFaults: readonly PreflightFault[] = [
  {
    title: 'SSH of both hosts is stopped',
    hosts: anew,
    make: onBoth({ make: 'systemctl stop ssh.socket ssh', mend: 'systemctl start ssh' }),
    finds: { 'primary-access': ['fail', 'refuse'], 'standby-access': ['fail', 'refuse'] },
  },
  {
    title: 'both hosts are registered by a name',
    hosts: ({ primary, standby }) => ({
      primary: { ...primary, id: 'named-primary', address: 'localhost' },
      standby: { ...standby, id: 'named-standby', address: 'localhost' },
    }),
    finds: {
      'primary-access': ['fail', 'localhost'],
      'primary-address': ['fail', 'which is a name'],
      'standby-access': ['fail', 'localhost'],
      'standby-address': ['fail', 'which is a name'],
    },
  },
  {
    title: 'the login may become the owner of the database, and not root',
    hosts: anew,
    make: onBoth({
      make: "cp /etc/sudoers.d/lab-operator /run/lab-sudoers && echo 'operator ALL=(postgres) NOPASSWD: ALL' > /etc/sudoers.d/lab-operator",
      mend: 'cp /run/lab-sudoers /etc/sudoers.d/lab-operator',
    }),
    finds: {
      'primary-sudo': ['fail', 'refused sudo'],
      'standby-sudo': ['fail', 'refused sudo'],
      'primary-rights': ['fail', 'operator'],
      'standby-rights': ['fail', 'operator'],
    },
  },
  {
    title: 'cron lets the login, which becomes nobody else, not read its crontab',
    hosts: asPlain,
    hidesMore: true,
    make: onBoth({
      make: '[ ! -e /etc/cron.allow ] && [ ! -e /etc/cron.deny ] && echo plain > /etc/cron.deny',
      mend: 'rm /etc/cron.deny',
    }),
    finds: {
      'primary-crontab': ['fail', 'You (plain) are not allowed to use this program'],
      'standby-crontab': ['fail', 'You (plain) are not allowed to use this program'],
    },
  },
  {
    title: 'another dashboard holds both hosts',
    make: onBoth({
      make: `mkdir -p /var/lib/understudy && cat > /var/lib/understudy/operation.lock <<'LOCK'\n${lock}\nLOCK`,
      mend: 'rm -r /var/lib/understudy',
    }),
    finds: {
      'primary-lock': ['fail', 'started by bo'],
      'standby-lock': ['fail', 'started by bo'],
    },
  },
  {
    title: 'the login may not look for the lock of either host',
    make: onBoth({ make: 'mkdir -m 0700 /var/lib/understudy', mend: 'rmdir /var/lib/understudy' }),
    finds: {
      'primary-lock': ['fail', 'could not be looked at'],
      'standby-lock': ['fail', 'could not be looked at'],
    },
  },
  {
    title: 'other machines answer at the addresses of both hosts',
    make: async ({ primary, standby }) => {
      const one = await doTo([primary], machineId('a'.repeat(32)))
      const other = await doTo([standby], machineId('b'.repeat(32)))
      return async () => {
        await Promise.all([one(), other()])
      }
    },
    finds: {
      'primary-right-host': ['fail', `machine-id ${'a'.repeat(32)}`],
      'standby-right-host': ['fail', `machine-id ${'b'.repeat(32)}`],
    },
  },
  {
    title: 'the standby is a clone of the primary',
    make: async ({ primary, standby }) =>
      doTo([standby], machineId((await primary.exec('cat /etc/machine-id')).trim())),
    finds: {
      'two-hosts': ['fail', 'are the same machine'],
      'standby-right-host': ['fail', 'this is another machine'],
    },
  },
  {
    title: 'the standby goes to the primary by another address than it is registered by',
    make: async ({ primary, standby }) => {
      const other = standby.address.replace(/\d+$/, '99')
      return doTo([standby], {
        make: `ip address add ${other}/24 dev host0 && ip route replace ${primary.address}/32 dev host0 src ${other}`,
        mend: `ip route del ${primary.address}/32 && ip address del ${other}/24 dev host0`,
      })
    },
    finds: {
      'standby-source': ['fail', 'but is registered as'],
      'replication-access': ['fail', 'no line of /etc/postgresql/15/main/pg_hba.conf lets it in'],
    },
  },
  {
    title: 'the hosts do not let each other in by SSH',
    make: async ({ primary, standby }) => {
      const undos = [
        await refusePort(primary, 22, standby.address),
        await refusePort(standby, 22, primary.address),
      ]
      return async () => {
        await Promise.all(undos.map((undo) => undo()))
      }
    },
    finds: {
      'ssh-port': ['fail', 'does not answer'],
      'ssh-port-back': ['fail', 'does not answer'],
    },
  },
  {
    title: 'another machine’s key is shown to each host by the other',
    make: async ({ primary, standby }) => {
      const key = '/run/lab-other-key'
      const other = (port: string) => ({
        make: `rm -f ${key}*; ssh-keygen -q -t ed25519 -N '' -f ${key} && /usr/sbin/sshd -p 2222 -h ${key} -o PidFile=/run/lab-sshd.pid && nft add table inet lab-nat && nft 'add chain inet lab-nat pre { type nat hook prerouting priority -100; }' && nft add rule inet lab-nat pre ip saddr ${port} tcp dport 22 redirect to :2222`,
        mend: 'nft delete table inet lab-nat; kill $(cat /run/lab-sshd.pid)',
      })
      const one = await doTo([primary], other(standby.address))
      const two = await doTo([standby], other(primary.address))
      return async () => {
        await Promise.all([one(), two()])
      }
    },
    finds: {
      'ssh-port': ['fail', 'another host key'],
      'ssh-port-back': ['fail', 'another host key'],
    },
  },
  {
    title: 'the standby’s clock is an hour ahead',
    make: onStandby({
      make: `printf '%s\\n' '#!/bin/sh' 'echo $(($(/usr/bin/date +%s%3N) + 3600000))' > /usr/local/bin/date && chmod 755 /usr/local/bin/date`,
      mend: 'rm /usr/local/bin/date',
    }),
    finds: { clocks: ['fail', '3600'] },
  },
  {
    title: 'the standby is set to another time zone',
    make: onStandby({
      make: 'cp /etc/timezone /run/lab-timezone && echo Europe/Prague > /etc/timezone',
      mend: 'cp /run/lab-timezone /etc/timezone',
    }),
    finds: { 'time-zones': ['warn', 'Europe/Prague on'] },
  },
  {
    title: 'the standby’s PostgreSQL does not know the primary’s time zone',
    make: async ({ primary }) => {
      await primary.exec(
        'mkdir /usr/share/zoneinfo/Lab && cp /usr/share/zoneinfo/UTC /usr/share/zoneinfo/Lab/Nowhere',
      )
      await primary.sql(`alter system set timezone = 'Lab/Nowhere'`)
      return async () => {
        await primary.sql('alter system reset timezone')
        await primary.exec('rm -r /usr/share/zoneinfo/Lab')
      }
    },
    finds: { 'time-zones': ['fail', 'does not know Lab/Nowhere'] },
  },
  {
    title: 'systemd of neither host knows the application’s unit',
    make: onBoth({
      make: 'mv /etc/systemd/system/ledger.service /run/lab-ledger.service && systemctl daemon-reload',
      mend: 'mv /run/lab-ledger.service /etc/systemd/system/ledger.service && systemctl daemon-reload',
    }),
    finds: {
      'primary-application': ['fail', 'does not know ledger.service'],
      'standby-application': ['fail', 'does not know ledger.service'],
    },
  },
  {
    title: 'the standby has another version of the application',
    make: onStandby({
      make: 'cp -p /srv/ledger/VERSION /run/lab-version && echo 9.9.9 > /srv/ledger/VERSION',
      mend: 'cp -p /run/lab-version /srv/ledger/VERSION',
    }),
    finds: { 'application-version': ['warn', '9.9.9 on'] },
  },
  {
    title: 'the standby is of another architecture',
    hosts: anew,
    make: onStandby({
      make: `mkdir -p /run/systemd/system/ssh.service.d && printf '[Service]\\nPersonality=x86\\n' > /run/systemd/system/ssh.service.d/lab.conf && systemctl daemon-reload && systemctl restart ssh`,
      mend: 'rm -r /run/systemd/system/ssh.service.d && systemctl daemon-reload && systemctl restart ssh',
    }),
    finds: { 'machines-alike': ['fail', 'i686'] },
  },
  {
    title: 'the standby is of another release of Debian',
    hosts: ({ primary }, stranger) => ({ primary, standby: stranger }),
    finds: {
      'machines-alike': ['warn', 'trixie'],
      'postgres-versions': ['fail', '15.'],
      collations: ['warn', 'glibc 2.36'],
      'same-places': ['warn', '/var/lib/postgresql/17/main'],
      owners: ['fail', 'where ledger is'],
    },
  },
]
