import { describe, expect, test } from 'vitest'
import type { Adoption } from '@/lib/domain/adopt/adoption'
import { adoptPieces } from '@/lib/domain/adopt/pieces'
import type { Pair } from '@/lib/domain/pair'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import type { UnpairFacts } from '@/lib/operations/unpair/facts'
import { planUnpair } from '@/lib/operations/unpair/plan-unpair'
import { aFound, aJob, anAdoption } from '@/test/harness/adoption'
import {
  createFactsOf,
  createInputOf,
  hostFactsOf,
  hostOf,
  profileOf,
  serverFacts,
} from '@/test/harness/operation-facts'

const system = '7400000000000000001'
const hosts = { primary: hostOf('alpha', '10.7.0.11'), standby: hostOf('beta', '10.7.0.12') }
const seen = <T>(value: T) => ({ seen: true as const, value })
const primary = hostFactsOf('alpha')
const altered = {
  wal_keep_size: '64MB',
  primary_conninfo: 'host=10.7.0.11 password=********',
}
const standby = hostFactsOf('beta', { server: seen(serverFacts({ inRecovery: true, altered })) })
const layoutOf = (facts: typeof primary, host: (typeof hosts)['primary']) => {
  const layout = postgresLayoutOf(facts, host)
  if (!layout) throw new Error('the facts have no layout')
  return { ...layout, systemIdentifier: system }
}
const repmgrd = {
  role: 'standby',
  program: 'repmgrd',
  unit: 'repmgrd.service',
  isActive: true,
  isEnabled: true,
} as const
const stream = { applicationName: 'beta', clientAddress: '10.7.0.12', slot: 'by_hand' }
const found = { ...aFound, stream, jobs: [aJob], managers: [repmgrd] }
const taken = (pieces: Adoption['taken'] = adoptPieces) => anAdoption({ taken: pieces, found })
const facts: UnpairFacts = {
  primary,
  standby,
  places: {
    primary: { layout: layoutOf(primary, hosts.primary), state: 'primary' },
    standby: { layout: layoutOf(standby, hosts.standby), state: 'standby' },
  },
  leave: 'stopped',
  acts: ['primary', 'standby'],
  owes: [],
  systemIdentifier: system,
  created: {
    operationId: '0a1b2c3d-0000-4000-8000-000000000000',
    kind: 'adopt',
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    input: createInputOf(),
    facts: createFactsOf({ standby }),
  },
  original: null,
  asFound: { isThere: true, sentence: 'It is kept there.' },
}

const planOf = (over: Partial<UnpairFacts> = {}, pair: Partial<Pair> = {}) =>
  planUnpair(
    {
      operationId: 'f0e1d2c3-0000-4000-8000-000000000000',
      pair: {
        id: 'pair-1',
        slug: 'ledger',
        profileId: profileOf().id,
        scope: { database: true, files: true },
        settings: { ...createInputOf().settings, slotWalSegments: 64 },
        hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
        isPaired: true,
        formerPrimary: 'none',
        adoption: taken(),
        ...pair,
      },
      profile: profileOf(),
      hosts,
      facts: { ...facts, ...over },
    },
    new Date('2026-11-23T03:00:00Z'),
  )
type Made = ReturnType<typeof planOf>
const idsOf = ({ steps }: Made) => steps.map(({ id }) => id)
const failedOf = ({ preflight }: Made) =>
  preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)
const textOf = ({ steps }: Made, id: string) => JSON.stringify(steps.find((step) => step.id === id)?.preview)

const fromPrimary = [
  'primary-access-rules',
  'primary-files',
  'primary-settings',
  'primary-roles',
  'primary-slot',
  'mark-unpaired',
]

describe('a pair that was taken over, taken apart', () => {
  test('as it was found: it streams as before, then what copied copies again, before anything goes from the primary', () => {
    const plan = planOf({ leave: 'as-found' })
    expect(failedOf(plan)).toEqual([])
    expect(idsOf(plan)).toEqual([
      'stop-sync',
      'stream-as-found',
      'standby-access-rules',
      'standby-files',
      'restore-application',
      'standby-jobs-as-found',
      'standby-repmgrd-as-found',
      ...fromPrimary,
    ])
    expect(textOf(plan, 'stream-as-found')).toContain('by_hand')
    expect(plan.acknowledgement).toBe('beta')
  })

  test('otherwise what copied and failed over before stays out, and the plan says where', () => {
    const plan = planOf()
    expect(idsOf(plan)).toEqual([
      ...['stop-sync', 'stop-standby', 'forget-primary', 'standby-access-rules', 'standby-files'],
      ...fromPrimary,
    ])
    const warnings = plan.warnings.join('\n')
    expect(warnings).toContain('on beta, the crontab of root')
    expect(warnings).toContain('repmgrd on beta stays off.')
    expect(planOf({ leave: 'as-found' }).warnings.join()).not.toContain('stays out')
  })

  test('no way back of its stream and no password is left on the standby', () => {
    expect(textOf(planOf(), 'standby-files')).toContain(
      'rm -f -- /var/lib/postgresql/15/main/postgresql.auto.conf.understudy-0a1b2c3d',
    )
    expect(JSON.stringify(planOf({ leave: 'standalone' }).steps)).not.toContain('password=********')
  })

  test('is not left as found where that is not there any more, or a host is away', () => {
    const lost = { isThere: false, sentence: 'Its data were copied anew since.' }
    expect(failedOf(planOf({ leave: 'as-found', asFound: lost }))).toEqual(['left-as'])
    expect(failedOf(planOf({ leave: 'as-found', acts: ['standby'], owes: ['primary'] }))).toEqual(['left-as'])
  })
})

describe('of a pair of which the replication is only observed', () => {
  const adoption = taken(['files'])

  test('neither server is touched: only what is ours goes', () => {
    const plan = planOf({}, { adoption })
    expect(failedOf(plan)).toEqual([])
    expect(idsOf(plan)).toEqual(['stop-sync', 'standby-files', 'primary-files', 'mark-unpaired'])
    expect(plan.preflight.find(({ id }) => id === 'left-as')?.evidence).toMatch(/left as it is/)
  })

  test('its data is not made into something else', () => {
    for (const leave of ['standalone', 'original'] as const)
      expect(failedOf(planOf({ leave }, { adoption }))).toEqual(['left-as'])
  })

  test('as found, only the jobs come back', () => {
    expect(idsOf(planOf({ leave: 'as-found' }, { adoption }))).toEqual([
      ...['stop-sync', 'standby-files', 'standby-jobs-as-found', 'primary-files', 'mark-unpaired'],
    ])
  })
})
