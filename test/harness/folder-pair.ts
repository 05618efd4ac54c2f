import { execFileSync } from 'node:child_process'
import type { Host } from '@/lib/domain/host'
import type { Pair } from '@/lib/domain/pair'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import type { HostDoor } from '@/lib/ports/host-door'
import { systemClock } from '@/lib/time'
import { memoryDrills } from '@/test/harness/drills'
import { endedOperations } from '@/test/harness/ended-operations'
import { FolderHost } from '@/test/harness/folder-host'
import { folderServer } from '@/test/harness/folder-server'
import { labProfile, MemoryPair } from '@/test/harness/lab-pair'
import { createInputOf, hostOf } from '@/test/harness/operation-facts'

/** Whoever runs the tests owns the folders: nothing becomes another user there. */
const asRoot = { privilege: 'root' } as const

/** The lab's, of an application whose packages are the system's too. */
const profile = { ...labProfile, packages: { system: true, pip: null } }

/** Two folder hosts, `alpha` the primary and `beta`, as the facts of `createFactsOf` describe them, and their pair. */
export function folderPair(over: Partial<Pair> = {}) {
  const hosts = {
    primary: hostOf('alpha', '10.7.0.11', asRoot),
    standby: hostOf('beta', '10.7.0.12', asRoot),
  }
  const [alpha, beta] = [new FolderHost('alpha', '10.7.0.11'), new FolderHost('beta', '10.7.0.12')]
  alpha.peer = beta
  beta.peer = alpha
  const servers = {
    primary: folderServer(alpha, '7400000000000000001', 'a'.repeat(32)),
    standby: folderServer(beta, '7400000000000000002', 'b'.repeat(32)),
  }
  for (const [host, word] of [
    [alpha, 'new'],
    [beta, 'old'],
  ] as const) {
    host.put('/.packages', word === 'new' ? 'bash\t5.2\nledger-tools\t1.4\n' : 'bash\t5.2\n')
    host.put('/var/log/ledger/here', '')
    host.put('/var/log/ledger/deb_packages_primary.txt', `of ${word}\n`)
    host.put('/srv/ledger/vault/file', word)
    host.put('/srv/ledger/etc/file', word)
    host.put('/srv/ledger/bin/check', '#!/bin/sh\n[ -e "$ROOT/.units/ledger.service/active" ]\n', 0o755)
    for (const place of [
      '/var/lib/understudy',
      '/etc/cron.d',
      '/etc/logrotate.d',
      '/home/operator',
      '/usr/local/lib',
    ])
      host.put(`${place}/here`, '')
  }
  const pairs = new MemoryPair({
    id: 'pair-1',
    slug: 'ledger',
    profileId: labProfile.id,
    scope: { database: true, files: true },
    settings: createInputOf().settings,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    isPaired: false,
    formerPrimary: 'none',
    ...over,
  })
  const doorOf = (host: FolderHost, { id, name, address }: Host): HostDoor => ({
    ...host.door,
    hostId: id,
    hostName: name,
    address,
  })
  const doors = { primary: doorOf(alpha, hosts.primary), standby: doorOf(beta, hosts.standby) }
  const drills = memoryDrills()
  const ports: OperationPorts = {
    doors: {
      door: (host) => ({
        ...(host.id === hosts.primary.id ? doors.primary : doors.standby),
        state: () => ({ state: 'connected', since: '2026-11-23T03:00:00.000Z' }),
      }),
    },
    hosts: { find: async (id) => [hosts.primary, hosts.standby].find((host) => host.id === id) ?? null },
    pairs,
    operations: endedOperations,
    drills,
    dashboard: { identity: async () => 'dashboard-of-the-test', machine: 'test' },
    profile: () => profile,
    makePassword: () => 'correct-horse-battery',
    scramVerifier: () => 'SCRAM-SHA-256$4096:c2FsdA==$a:b',
    clock: systemClock,
  }
  return { hosts, alpha, beta, servers, pairs, drills, ports, profile }
}

export type FolderPair = ReturnType<typeof folderPair>

/** Calls `listener` as soon as the hosts have done `count` commands more. */
export function onceActed(hosts: readonly FolderHost[], count: number, listener: () => void): void {
  let left = count
  for (const host of hosts)
    host.onActed = () => {
      left -= 1
      if (left === 0) listener()
    }
}

/** Every file of a host but what only the harness keeps: equal texts mean that nothing is left of an operation. */
export function tracesOf(host: FolderHost): string {
  const script = `find . -mindepth 1 ! -path './.bin*' ! -path './usr/lib*' ! -name role ! -name pending ! -name postmaster.pid -printf '%p %y %m ' \\( -type f -exec md5sum {} \\; -o -printf '\\n' \\) | sort`
  return execFileSync('/bin/sh', ['-c', script], { cwd: host.root, encoding: 'utf8' })
}
