import { describe, expect, test } from 'vitest'
import type { Pair } from '@/lib/domain/pair'
import type { Leave } from '@/lib/domain/unpair'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import type { UnpairFacts } from '@/lib/operations/unpair/facts'
import { planUnpair } from '@/lib/operations/unpair/plan-unpair'
import {
  createFactsOf,
  createInputOf,
  fileFactsOf,
  hostFactsOf,
  hostOf,
  profileOf,
  serverFacts,
} from '@/test/harness/operation-facts'

const system = '7400000000000000001'
const hosts = { primary: hostOf('alpha', '10.7.0.11'), standby: hostOf('beta', '10.7.0.12') }
const seen = <T>(value: T) => ({ seen: true as const, value })
const gone = {
  seen: false as const,
  why: { code: 'HOST_UNREACHABLE', message: 'It can’t be reached.', fix: 'Look.' },
}
const primary = hostFactsOf('alpha')
const standby = hostFactsOf('beta', { server: seen(serverFacts({ inRecovery: true })) })
const layoutOf = (facts: typeof primary, host: (typeof hosts)['primary']) => {
  const layout = postgresLayoutOf(facts, host)
  if (!layout) throw new Error('the facts have no layout')
  return { ...layout, systemIdentifier: system }
}
const places = {
  primary: { layout: layoutOf(primary, hosts.primary), state: 'primary' as const },
  standby: { layout: layoutOf(standby, hosts.standby), state: 'standby' as const },
}
const created = {
  operationId: '0a1b2c3d-0000-4000-8000-000000000000',
  hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
  input: createInputOf(),
  facts: createFactsOf(),
}
const found: UnpairFacts = {
  primary,
  standby,
  places,
  leave: 'stopped',
  acts: ['primary', 'standby'],
  owes: [],
  systemIdentifier: system,
  created,
  original: null,
}
const aPair: Pair = {
  id: 'pair-1',
  slug: 'ledger',
  profileId: profileOf().id,
  scope: { database: true, files: true },
  settings: { ...createInputOf().settings, slotWalSegments: 64 },
  hosts: created.hosts,
  isPaired: true,
  formerPrimary: 'none',
}

const planOf = (over: Partial<UnpairFacts> = {}, pair: Partial<Pair> = {}) =>
  planUnpair(
    {
      operationId: 'f0e1d2c3-0000-4000-8000-000000000000',
      pair: { ...aPair, ...pair },
      profile: profileOf(),
      hosts,
      facts: { ...found, ...over },
    },
    new Date('2026-11-23T03:00:00Z'),
  )
const idsOf = ({ steps }: ReturnType<typeof planOf>) => steps.map(({ id }) => id)
const failedOf = ({ preflight }: ReturnType<typeof planOf>) =>
  preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)
const isThere = { isThere: true, sentence: 'It is there.' }

const fromPrimary = [
  'primary-access-rules',
  'primary-files',
  'primary-settings',
  'primary-roles',
  'primary-slot',
  'mark-unpaired',
]

describe('the standby lets go before anything is taken from the primary, where the slot goes last', () => {
  test.each<[Leave, readonly string[]]>([
    ['stopped', ['stop-sync', 'stop-standby', 'forget-primary', 'standby-access-rules', 'standby-files']],
    [
      'standalone',
      [
        'stop-sync',
        'promote-apart',
        'standby-access-rules',
        'standby-files',
        'standby-settings',
        'standby-roles',
      ],
    ],
    [
      'original',
      [
        'stop-sync',
        'stop-standby',
        'put-copy-aside',
        'put-original-back',
        'directories-back',
        'keep-copy',
        'standby-access-rules',
        'standby-files',
        'start-original',
        'restore-application',
      ],
    ],
  ])('%s', (leave, onStandby) => {
    const plan = planOf({ leave, original: isThere })
    expect(failedOf(plan)).toEqual([])
    expect(idsOf(plan)).toEqual([...onStandby, ...fromPrimary])
  })

  test('and the primary is reloaded, never restarted', () => {
    for (const leave of ['stopped', 'standalone', 'original'] as const) {
      const onPrimary = planOf({ leave, original: isThere }).steps.filter(({ host }) => host === 'primary')
      expect(JSON.stringify(onPrimary)).not.toMatch(/restart|pg_ctl|systemctl/)
    }
  })
})

test('the name of the standby is typed for what can’t be taken back by a create, and for nothing else', () => {
  expect(planOf({ leave: 'stopped' }).acknowledgement).toBe('')
  expect(planOf({ leave: 'standalone' }).acknowledgement).toBe('beta')
  expect(planOf({ leave: 'original', original: isThere }).acknowledgement).toBe('beta')
})

test('what comes before the point of no return is undone, and what comes behind it only goes forward', () => {
  const { steps } = planOf()
  const first = steps.findIndex(({ irreversible }) => irreversible)
  expect(steps.slice(0, first).map(({ undo }) => undo)).toEqual(['undo', 'undo'])
  expect(new Set(steps.slice(first).map(({ undo }) => undo))).toEqual(new Set(['forward-only']))
})

test.each([
  ['primary', 'alpha'],
  ['standby', 'beta'],
] as const)('with the %s away the other is cleaned, and the plan says what is owed', (away, name) => {
  const facts = { [away]: { ...found[away], machine: gone, server: gone } }
  const plan = planOf({
    ...facts,
    places: { ...places, [away]: null },
    acts: (['primary', 'standby'] as const).filter((role) => role !== away),
    owes: [away],
  })
  expect(failedOf(plan)).toEqual([])
  expect(plan.steps.some(({ host }) => host === away)).toBe(false)
  expect(plan.warnings[0]).toMatch(
    new RegExp(`^${name} can’t be reached for it now: .* is owed, and removed by itself`),
  )
  expect(JSON.stringify(plan.steps.at(-1)?.preview)).toContain(`${name} could not be reached`)
})

test('with both away nothing is begun', () => {
  const plan = planOf({
    primary: { ...primary, machine: gone, server: gone },
    standby: { ...standby, machine: gone, server: gone },
    places: { primary: null, standby: null },
    acts: [],
    owes: ['primary', 'standby'],
  })
  expect(plan.steps).toEqual([])
  expect(failedOf(plan)).toEqual(['primary-reach', 'standby-reach'])
})

test('what is owed is cleaned later without words: they were typed when it was chosen', () => {
  const owed = [{ hostId: hosts.standby.id, leave: 'standalone', since: '' }] as const
  const plan = planOf({ leave: 'standalone', acts: ['standby'] }, { isPaired: false, owed })
  expect(plan.acknowledgement).toBe('')
  expect(idsOf(plan).some((id) => id.startsWith('primary'))).toBe(false)
})

test('an original that is not there, or a standby that can’t become a copy, is told before anything is done', () => {
  const lost = { isThere: false, sentence: 'beta has no note of what was put aside any more.' }
  expect(failedOf(planOf({ leave: 'original', original: lost }))).toEqual(['left-as'])
  const stopped = { ...places, standby: { ...places.standby, state: 'stopped' as const } }
  expect(failedOf(planOf({ leave: 'standalone', places: stopped }))).toEqual(['left-as'])
  const writable = { ...places, standby: { ...places.standby, state: 'primary' as const } }
  expect(failedOf(planOf({ places: writable }))).toEqual(['left-as'])
})

test('data on the standby that is not the pair’s is left as it is', () => {
  const layout = { ...places.standby.layout, systemIdentifier: '1' }
  const plan = planOf({ places: { ...places, standby: { layout, state: 'primary' } } })
  expect(failedOf(plan)).toEqual([])
  expect(idsOf(plan)).not.toContain('stop-standby')
  expect(plan.warnings.join(' ')).toContain('could not be proved to be the pair’s data')
})

test('where the create is not in the store, settings stay and that is said', () => {
  const plan = planOf({ created: null })
  expect(idsOf(plan)).not.toContain('primary-settings')
  expect(plan.warnings.join(' ')).toContain('is not in the store')
})

test('of directories only those are brought back that have been in the pair all the time, and of the others that is said', () => {
  const [vault, etc] = aPair.settings.directories
  if (!vault || !etc) throw new Error('there are two directories')
  const extra = { ...etc, id: 'extra', path: '/srv/extra' }
  const settings = { ...aPair.settings, directories: [vault, extra] }
  const plan = planOf({ leave: 'original', original: isThere }, { settings })
  const back = JSON.stringify(plan.steps.find(({ id }) => id === 'directories-back')?.preview)
  expect(back).toContain(vault.path)
  expect(back).not.toContain(extra.path)
  expect(back).not.toContain(`${etc.path}.`)
  expect(plan.warnings.join(' ')).toContain(`${extra.path}, ${etc.path}: taken into the pair, or out of it`)
  const kept = JSON.stringify(plan.steps.find(({ id }) => id === 'keep-copy')?.preview)
  expect(kept).toContain(`${etc.path}.understudy-0a1b2c3d`)
  const none = planOf(
    { leave: 'original', original: isThere },
    { settings: { ...settings, directories: [extra] } },
  )
  expect(idsOf(none)).not.toContain('directories-back')
})

test('what a change of settings has set since is set back like what create set', () => {
  const settings = { ...aPair.settings, walKeepSegments: 128, slotWalSegments: 64 }
  const step = planOf({}, { settings }).steps.find(({ id }) => id === 'primary-settings')
  expect(JSON.stringify(step?.preview)).toContain('max_slot_wal_keep_size')
})

test('of files alone no PostgreSQL is touched', () => {
  const plan = planOf(
    {
      primary: fileFactsOf('alpha'),
      standby: fileFactsOf('beta'),
      places: { primary: null, standby: null },
      systemIdentifier: null,
      leave: 'original',
      original: isThere,
      created: {
        ...created,
        facts: createFactsOf({ primary: fileFactsOf('alpha'), standby: fileFactsOf('beta') }),
      },
    },
    { scope: { database: false, files: true } },
  )
  expect(failedOf(plan)).toEqual([])
  expect(idsOf(plan)).toEqual([
    'stop-sync',
    'directories-back',
    'keep-copy',
    'standby-files',
    'restore-application',
    'primary-files',
    'mark-unpaired',
  ])
})
