import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Plan } from '@/lib/domain/operation'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { type AdoptVariant, adoptVariant } from '@/test/harness/adopt-variants'
import { standbyServer } from '@/test/harness/found-facts'
import { hostFactsOf, hostOf, primaryServer, profileOf } from '@/test/harness/operation-facts'
import { planText } from '@/test/harness/plan-text'
import { soarFactsOf, soarHost, soarProfile } from '@/test/harness/soar-facts'

const now = new Date('2026-11-23T03:00:00Z')
const seen = <T>(value: T) => ({ seen: true as const, value })
const recorded = (name: string) =>
  fileURLToPath(new URL(`../../../test/recorded/plans/${name}`, import.meta.url))
const senders = [{ applicationName: 'x', clientAddress: '10.7.0.12', state: 'streaming' }]

const pairOf = (profile: AdoptVariant['profile'], paths: readonly string[]) => ({
  id: 'pair-1',
  slug: 'ledger',
  profileId: profile.id,
  scope: { database: true, files: paths.length > 0, packages: false },
  settings: {
    walKeepSegments: 32,
    slotWalSegments: 64,
    directories: profile.directories.filter(({ path }) => paths.includes(path)),
  },
  hosts: { primary: 'id-alpha', standby: 'id-beta' },
  isPaired: true,
  formerPrimary: 'none' as const,
})

/** A pair of `alpha` and `beta` on hosts with root. */
function planOf(over: Partial<AdoptVariant> = {}, versionNum = 150018): Plan {
  const profile = profileOf()
  return adoptVariant(
    {
      kind: 'by-hand',
      operationId: '0a1b2c3d-0000-4000-8000-000000000000',
      profile,
      pair: pairOf(profile, ['/srv/ledger/reports']),
      hosts: { primary: hostOf('alpha', '10.7.0.11'), standby: hostOf('beta', '10.7.0.12') },
      found: {
        primary: withDirectories(
          hostFactsOf('alpha', { server: seen({ ...primaryServer({ senders }), versionNum }) }),
          ['/srv/ledger/reports'],
        ),
        standby: withDirectories(hostFactsOf('beta', { server: seen(standbyServer({ versionNum })) }), [
          '/srv/ledger/reports',
        ]),
      },
      pieces: [],
      ...over,
    },
    now,
  )
}

/** A host on which the directories lie that the recorded jobs copy. */
function withDirectories(host: HostFacts, paths: readonly string[]): HostFacts {
  const [place, ...more] = answerOf(host.paths) ?? []
  if (!place) throw new Error('a sound host has a path')
  return { ...host, paths: seen([place, ...more, ...paths.map((path) => ({ ...place, path }))]) }
}

const idsOf = ({ steps }: Plan) => steps.map(({ id }) => id)
const failed = ({ preflight }: Plan) =>
  preflight.flatMap(({ id, outcome, evidence }) => (outcome === 'fail' ? [`${id}: ${evidence}`] : []))

const at = (plan: Plan, id: string) => {
  const index = idsOf(plan).indexOf(id)
  expect(index, id).toBeGreaterThanOrEqual(0)
  return index
}

/** A pair that repmgr made, on hosts with root: it copies no files. */
const ofRepmgr = (over: Partial<AdoptVariant> = {}) => {
  const profile = profileOf()
  return planOf({ kind: 'repmgr', pair: pairOf(profile, []), ...over })
}

/** One on hosts where nobody becomes root, as the seed's script leaves it. */
function ofSeed(over: Partial<AdoptVariant> = {}): Plan {
  const profile = soarProfile
  const paths = profile.directories
    .filter(({ id }) => ['vault', 'playbooks', 'app-states'].includes(id))
    .map(({ path }) => path)
  const server = (which: 'alpha' | 'beta') => {
    const found = answerOf(soarFactsOf(which).server)
    if (!found) throw new Error('a sound host has a server')
    return found
  }
  const following = { systemIdentifier: server('alpha').systemIdentifier, inRecovery: true }
  return planOf({
    kind: 'seed-script',
    profile,
    pair: { ...pairOf(profile, paths), slug: 'soar' },
    hosts: { primary: soarHost('alpha', '10.7.0.11'), standby: soarHost('beta', '10.7.0.12') },
    found: {
      primary: soarFactsOf('alpha', { server: seen({ ...server('alpha'), senders }) }),
      standby: soarFactsOf('beta', {
        server: seen({ ...server('beta'), ...following, receiverStatus: 'streaming' }),
      }),
    },
    ...over,
  })
}

describe('taking over a pair', () => {
  test('made by hand: its jobs go out before ours come in, and its slot goes when the stream has left it', async () => {
    const plan = planOf()
    expect(failed(plan)).toEqual([])
    await expect(planText(plan)).toMatchFileSnapshot(recorded('adopt-by-hand.txt'))
    expect(at(plan, 'hold-primary-jobs')).toBeLessThan(at(plan, 'sync-sender'))
    expect(at(plan, 'hold-primary-jobs')).toBeLessThan(at(plan, 'first-copy'))
    expect(at(plan, 'see-streaming')).toBeLessThan(at(plan, 'drop-found-slot'))
    expect(at(plan, 'first-copy')).toBeLessThan(at(plan, 'sync-schedule'))
    expect(idsOf(plan).at(-1)).toBe('record-taken')
  })

  test('made by repmgr: what would fail over by itself is off before anything else, and no file is touched', async () => {
    const plan = ofRepmgr()
    expect(failed(plan)).toEqual([])
    await expect(planText(plan)).toMatchFileSnapshot(recorded('adopt-repmgr.txt'))
    expect(idsOf(plan).slice(0, 2)).toEqual(['prove-roles', 'stop-standby-repmgrd'])
    expect(idsOf(plan).filter((id) => /sync|copy|jobs/.test(id))).toEqual([])
  })

  test('made by the seed’s script, where nobody becomes root: no command of root, and only the login’s own crontab', async () => {
    const plan = ofSeed()
    expect(failed(plan)).toEqual([])
    for (const { preview } of plan.steps)
      for (const line of preview)
        if (line.kind === 'command') expect(line.text).not.toMatch(/^(# |postgres\$)|systemctl|\/etc\/cron/)
    await expect(planText(plan)).toMatchFileSnapshot(recorded('adopt-unprivileged.txt'))
    expect(idsOf(plan)).toContain('hold-standby-jobs')
  })

  test('restarts the primary never, and the standby’s PostgreSQL only where a reload is not enough', () => {
    const text = (plan: Plan) => JSON.stringify(plan.steps)
    for (const versionNum of [120022, 130018, 150018, 170010]) {
      const ids = idsOf(planOf({}, versionNum))
      expect(ids.filter((id) => /restart|start-standby|base-backup|put-aside/.test(id))).toEqual([])
    }
    expect(text(planOf({ pieces: ['replication'] }, 120022))).toContain('systemctl restart')
    expect(text(planOf({ pieces: ['replication'] }, 130018))).not.toContain('systemctl restart')
  })

  test('can be taken back wholly', () => {
    for (const plan of [planOf(), ofRepmgr(), ofSeed()])
      for (const { id, irreversible, undo } of plan.steps) {
        expect(irreversible, id).toBe(false)
        expect(['undo', 'nothing-to-undo'], id).toContain(undo)
      }
  })
})

describe('of a pair piece by piece', () => {
  test('the replication alone leaves what copies files as it is', () => {
    const ids = idsOf(planOf({ pieces: ['replication'] }))
    expect(ids).toContain('take-stream')
    expect(ids.filter((id) => /sync|copy|jobs|application|kit/.test(id))).toEqual([])
  })

  test('the files alone leave the stream as it is', () => {
    const ids = idsOf(planOf({ pieces: ['files'] }))
    expect(ids).toContain('sync-schedule')
    expect(ids.filter((id) => /stream|slot|role|rules|wal/.test(id))).toEqual(['prove-roles'])
  })

  test('the application alone is stopped on the standby, and nothing else is done', () => {
    expect(idsOf(planOf({ pieces: ['application'] }))).toEqual([
      'prove-roles',
      'stop-application',
      'record-taken',
    ])
  })

  test.each([
    [['kit'], /break-glass kit would stop and start what is not Understudy’s/],
    [['kit', 'replication'], /the copying of files and the application/],
  ] as const)('%s is refused, and has no steps: the kit acts on what is not taken over', (pieces, words) => {
    const plan = planOf({ pieces: [...pieces] })
    expect(plan.steps).toEqual([])
    expect(failed(plan).join()).toMatch(words)
  })
})

test('the plan says what stays, what ends, and what is copied more than before', () => {
  const { warnings } = planOf()
  expect(warnings.join('\n')).toContain('The role rep on alpha')
  expect(warnings.join('\n')).toContain('/srv/ledger/reports was copied without some of it (--exclude cache)')
  expect(planOf({ pieces: ['application'] }).warnings.join()).not.toContain('The role rep')
})
