import { describe, expect, test } from 'vitest'
import type { FoundFacts } from '@/lib/operations/adopt/facts'
import { recognise } from '@/lib/operations/adopt/recognise/recognise'
import { type FoundKind, foundFactsOf } from '@/test/harness/found-facts'
import { labWorlds } from '@/test/harness/lab-worlds'

const now = new Date('2026-11-23T03:00:00Z')
const of = (facts: FoundFacts, layout: keyof typeof labWorlds = 'debian') =>
  recognise({ facts, profile: labWorlds[layout].profile }, now)
const recognised = (kind: FoundKind) =>
  of(foundFactsOf(kind), kind === 'seed-script' ? 'soar-unprivileged' : 'debian')
const sentenceOf = ({ found }: ReturnType<typeof of>, id: string) =>
  found.findings.find((finding) => finding.id === id)?.sentence ?? null

describe('who made a replication', () => {
  test.each([
    ['pg-basebackup', 'pg_basebackup', 'Made by pg_basebackup -R.'],
    ['by-hand', 'hand', 'Made by hand.'],
    ['repmgr', 'repmgr', 'Made by repmgr 5.3.3.'],
    ['seed-script', 'seed-script', 'Made by setup_warm_standby.pyc.'],
    ['patroni', 'patroni', 'Made by Patroni.'],
  ] as const)('%s: %s', (kind, maker, sentence) => {
    const result = recognised(kind)
    expect(result.found.maker).toBe(maker)
    expect(sentenceOf(result, 'made-by')).toBe(sentence)
  })

  test.each(['pg-basebackup', 'by-hand', 'repmgr', 'seed-script', 'patroni'] as const)(
    'of %s everything that is said stands on evidence that names its host',
    (kind) => {
      for (const { id, evidence } of recognised(kind).found.findings) {
        if (id !== 'not-copied') expect([id, evidence.length]).not.toEqual([id, 0])
        for (const line of evidence) expect(line).toMatch(/^(alpha|beta): \S/)
      }
    },
  )

  test('is not concluded from the seed’s script alone: it lies on every host of that application', () => {
    const facts = foundFactsOf('pg-basebackup')
    const tools = facts.tools.standby
    if (!tools.seen) throw new Error('seen')
    const withScript = { ...tools.value, seedScripts: ['/opt/phantom/bin/setup_warm_standby.pyc'] }
    const standby = { seen: true as const, value: withScript }
    expect(of({ ...facts, tools: { ...facts.tools, standby } }).found.maker).toBe('pg_basebackup')
  })

  test('is “by hand” where nothing could be read of what made it', () => {
    const why = { code: 'HOST_TIMED_OUT', message: 'It did not answer.', fix: 'Look.' }
    const unseen = { seen: false as const, why }
    const facts = foundFactsOf('repmgr', {}, { tools: { primary: unseen, standby: unseen } })
    expect(of({ ...facts, replication: { primary: unseen, standby: unseen } }).found).toMatchObject({
      maker: 'hand',
      stream: null,
    })
  })
})

describe('how a standby streams', () => {
  test('is told with role, TLS, slot and whether the primary waits for it', () => {
    expect(sentenceOf(recognised('pg-basebackup'), 'stream')).toBe(
      'beta streams from alpha as the role replicator, over TLS, without a slot, asynchronously.',
    )
    expect(sentenceOf(recognised('by-hand'), 'stream')).toBe(
      'beta streams from alpha as the role rep, without TLS, by the slot beta, asynchronously.',
    )
  })

  test('is what the primary calls it by from then on', () => {
    expect(recognised('pg-basebackup').found.stream).toEqual({
      applicationName: '15/main',
      clientAddress: '10.7.0.12',
      slot: null,
    })
    expect(recognised('by-hand').found.stream).toMatchObject({ applicationName: 'beta', slot: 'beta' })
  })

  test('where its password stands is told, and not the password', () => {
    expect(sentenceOf(recognised('pg-basebackup'), 'password')).toBe(
      'It stands in /var/lib/postgresql/.pgpass.',
    )
    expect(sentenceOf(recognised('by-hand'), 'password')).toBe('It stands in primary_conninfo itself.')
    expect(sentenceOf(recognised('repmgr'), 'password')).toMatch(/^None was found/)
  })

  test('that two hosts hold different clusters is said', () => {
    const standby = {
      server: {
        seen: true as const,
        value: { ...serverOf('repmgr'), systemIdentifier: '7400000000000000002' },
      },
    }
    expect(sentenceOf(of(foundFactsOf('repmgr', { standby })), 'same-cluster')).toMatch(
      /do not belong together/,
    )
  })

  test('a program that fails over by itself is named with its unit', () => {
    const { found } = recognised('repmgr')
    expect(found.managers).toEqual([
      { role: 'primary', program: 'repmgrd', unit: 'repmgrd.service', isActive: false, isEnabled: false },
      { role: 'standby', program: 'repmgrd', unit: 'repmgrd.service', isActive: true, isEnabled: true },
    ])
    expect(found.findings.find(({ id }) => id === 'managers')?.evidence).toEqual([
      'beta: repmgrd.service runs and starts at boot',
    ])
  })
})

const serverOf = (kind: FoundKind) => {
  const { server } = foundFactsOf(kind).standby
  if (!server.seen) throw new Error('seen')
  return server.value
}

describe('what copies files', () => {
  test('is told by host, place, direction and schedule; the directories are the profile’s where it knows them', () => {
    const facts = foundFactsOf('pg-basebackup')
    const { found, proposal } = of({ ...facts, addresses: { alpha: ['10.7.0.11'] } })
    expect(
      found.jobs.map(({ role, schedule, copies }) => [role, schedule, copies[0]?.direction, copies[0]?.to]),
    ).toEqual([
      ['standby', '* * * * *', 'pull', '/srv/ledger/vault'],
      ['standby', '*/10 * * * *', 'pull', '/srv/ledger/etc'],
    ])
    expect(proposal.scope).toEqual({ database: true, files: true, packages: false })
    expect(proposal.settings.directories).toMatchObject([
      {
        id: 'vault',
        title: 'Vault',
        path: '/srv/ledger/vault',
        log: 'rsync_vault.log',
        schedule: '* * * * *',
      },
      { id: 'etc', path: '/srv/ledger/etc', schedule: '*/10 * * * *' },
    ])
    expect(sentenceOf({ found, proposal }, 'not-copied')).toBe(
      'No job was found that copies Reports (/srv/ledger/reports).',
    )
  })

  test('in a script is told as far as it is understood, and the rest said not to be', () => {
    const result = recognised('by-hand')
    expect(result.found.jobs).toMatchObject([
      {
        role: 'primary',
        place: { kind: 'file', path: '/etc/cron.d/standby' },
        script: '/usr/local/bin/to-standby.sh',
      },
    ])
    expect(result.proposal.settings.directories.map(({ path }) => path)).toEqual(['/srv/ledger/reports'])
    expect(sentenceOf(result, 'jobs-unclear')).not.toBeNull()
    expect(sentenceOf(result, 'backups')).not.toBeNull()
  })

  test('of the seed’s own directories is found by its log names', () => {
    const { proposal } = recognised('seed-script')
    expect(proposal.settings.directories.map(({ id, log, schedule }) => [id, log, schedule])).toEqual([
      ['vault', 'rsync_vault.log', '*/5 * * * *'],
      ['playbooks', 'rsync_playbooks.log', '*/5 * * * *'],
      ['app-states', 'rsync_app_states.log', '*/5 * * * *'],
    ])
  })

  test('from the standby to the primary is said to go the wrong way, and between others is not the pair’s', () => {
    const facts = foundFactsOf('repmgr')
    const jobs = facts.jobs.standby
    if (!jobs.seen) throw new Error('seen')
    const end = (host: string | null, path: string) => ({ host, user: null, path, isModule: false })
    const job = {
      ...{ place: { kind: 'crontab' as const, user: 'root' }, schedule: '* * * * *', runsAs: 'root' },
      ...{ line: '* * * * * rsync', digest: 'd', script: null },
    }
    const copy = { deletes: false, filters: [] }
    const found = [
      { ...job, copies: [{ ...copy, from: end(null, '/a'), to: end('10.7.0.11', '/a') }] },
      { ...job, copies: [{ ...copy, from: end(null, '/a'), to: end('10.9.9.9', '/a') }] },
    ]
    const result = of({
      ...facts,
      jobs: { ...facts.jobs, standby: { seen: true, value: { ...jobs.value, jobs: found } } },
    })
    expect(result.found.jobs).toEqual([])
    expect(result.found.findings.find(({ id }) => id === 'jobs-turned')?.evidence).toHaveLength(1)
  })
})

describe('the pair as it would be', () => {
  test('keeps the slot with the limit that it has, and WAL as it is kept; else as the profile says', () => {
    expect(recognised('by-hand').proposal.settings).toMatchObject({
      slotWalSegments: 128,
      walKeepSegments: 32,
    })
    expect(recognised('pg-basebackup').proposal.settings).toMatchObject({
      slotWalSegments: null,
      walKeepSegments: 32,
    })
  })

  test('has no files where nothing copies any', () => {
    expect(recognised('repmgr').proposal).toMatchObject({
      scope: { files: false },
      settings: { directories: [] },
    })
  })
})
