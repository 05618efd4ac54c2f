import type { Adoption } from '@/lib/domain/adopt/adoption'
import type { FoundJob, FoundReplication } from '@/lib/domain/adopt/found-replication'
import type { FoundReplicationView } from '@/lib/domain/views'

export const aFound: FoundReplication = {
  readAt: '2026-11-25T14:00:00.000Z',
  maker: 'pg_basebackup',
  findings: [
    {
      id: 'made-by',
      piece: 'replication',
      title: 'Made',
      sentence: 'Made by pg_basebackup -R.',
      evidence: ['b: standby.signal is there and empty'],
    },
  ],
  stream: { applicationName: '15/main', clientAddress: '10.0.0.2', slot: null },
  jobs: [],
  managers: [],
}

/** A line of root's crontab that fetches the vault. */
export const aJob: FoundJob = {
  role: 'standby',
  place: { kind: 'crontab', user: 'root' },
  schedule: '*/5 * * * *',
  runsAs: 'root',
  line: '*/5 * * * * rsync -a alpha:/srv/ledger/vault/ /srv/ledger/vault/',
  digest: 'd'.repeat(64),
  script: null,
  copies: [
    { from: '/srv/ledger/vault', to: '/srv/ledger/vault', direction: 'pull', deletes: false, filters: [] },
  ],
}

/** Kept with a pair that somebody else made with its database and its files, of which nothing is taken over. */
export const anAdoption = (over: Partial<Adoption> = {}): Adoption => ({
  since: '2026-11-25T14:00:00.000Z',
  by: 'ann@example.org',
  pieces: ['replication', 'files', 'application', 'kit'],
  taken: [],
  without: [],
  found: aFound,
  ...over,
})

/** What is found between two hosts that somebody else made a pair: its database, and a directory that a job copies. */
export const aFoundReplication: FoundReplicationView = {
  found: aFound,
  checks: [],
  proposal: {
    scope: { database: true, files: true, packages: false },
    settings: {
      walKeepSegments: 32,
      slotWalSegments: null,
      directories: [
        {
          id: 'vault',
          title: 'Vault',
          path: '/srv/ledger/vault',
          log: 'rsync_vault.log',
          schedule: '*/5 * * * *',
        },
      ],
      fenceReturned: 'ask',
    },
    pieces: ['replication', 'files', 'application', 'kit'],
  },
}
