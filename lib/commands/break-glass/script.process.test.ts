import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import type { Kit } from '@/lib/commands/break-glass/kit'
import { buildRunbook } from '@/lib/commands/break-glass/runbook'
import { buildPromoteScript } from '@/lib/commands/break-glass/script'
import { asDatabaseOwner, asRoot, sh } from '@/lib/commands/command'
import { hostPlaces } from '@/lib/domain/host-places'

const rootPlaces = { ...hostPlaces({ privilege: 'root', user: 'root', home: '/root' }), slug: 'ledger' }
const ownPlaces = {
  ...hostPlaces({ privilege: 'unprivileged', user: 'phantom', home: '/home/phantom' }),
  slug: 'soar',
}
const kit: Kit = {
  places: rootPlaces,
  standby: { name: 'db2', address: '10.0.0.2', machineId: 'f'.repeat(32) },
  primary: { name: 'db1', address: '10.0.0.1', sshPort: 22 },
  database: {
    osUser: 'postgres',
    binDirectory: '/usr/lib/postgresql/15/bin',
    socketDirectory: '/var/run/postgresql',
    port: 5432,
    primaryPort: 5433,
  },
  stopSync: [
    {
      title: "Stops what copies files, the operator's too",
      command: asRoot(sh`rm -f -- ${"/etc/cron.d/it's"}`),
    },
  ],
  serve: [
    { title: 'Starts the application', command: asRoot(sh`systemctl enable --now ledger`) },
    {
      title: 'Sees that it is healthy',
      command: asRoot(sh`curl -fsS localhost`),
      patienceSeconds: 60,
      mayFail: true,
    },
  ],
}

const byHand = {
  fence: [asRoot(sh`systemctl disable --now ledger`), asDatabaseOwner(sh`touch ${'/data/standby.signal'}`)],
  start: asRoot(sh`systemctl start ${'postgresql@15-main'}`),
}

const kits: readonly (readonly [string, Kit])[] = [
  ['of a database, kept by root', kit],
  ['of a database, of one ordinary user', { ...kit, places: ownPlaces }],
  ['of files alone', { ...kit, database: null }],
]

test.each(kits)('the script %s is free of shellcheck’s findings', (_, given) => {
  const { status, stdout } = spawnSync('shellcheck', ['-s', 'sh', '-'], {
    input: buildPromoteScript(given),
    encoding: 'utf8',
  })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

test.each(kits)('the runbook %s names both hosts, the script and what fences the old primary', (_, given) => {
  const text = buildRunbook(given, byHand)
  for (const part of ['db1', 'db2', '10.0.0.1', 'promote.sh --check', '# systemctl disable --now ledger'])
    expect(text).toContain(part)
})
