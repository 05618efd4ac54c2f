import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Plan } from '@/lib/domain/operation'
import { foundPlan, foundSeedPlan, repmgrPlan } from '@/test/harness/adopt-plans'
import { planText } from '@/test/harness/plan-text'

const recorded = (name: string) =>
  fileURLToPath(new URL(`../../../test/recorded/plans/${name}`, import.meta.url))

const idsOf = ({ steps }: Plan) => steps.map(({ id }) => id)
const failed = ({ preflight }: Plan) =>
  preflight.flatMap(({ id, outcome, evidence }) => (outcome === 'fail' ? [`${id}: ${evidence}`] : []))

const at = (plan: Plan, id: string) => {
  const index = idsOf(plan).indexOf(id)
  expect(index, id).toBeGreaterThanOrEqual(0)
  return index
}

describe('taking over a pair', () => {
  test('made by hand: its jobs go out before ours come in, and its slot goes when the stream has left it', async () => {
    const plan = foundPlan()
    expect(failed(plan)).toEqual([])
    await expect(planText(plan)).toMatchFileSnapshot(recorded('adopt-by-hand.txt'))
    expect(at(plan, 'hold-primary-jobs')).toBeLessThan(at(plan, 'sync-sender'))
    expect(at(plan, 'hold-primary-jobs')).toBeLessThan(at(plan, 'first-copy'))
    expect(at(plan, 'see-streaming')).toBeLessThan(at(plan, 'drop-found-slot'))
    expect(at(plan, 'first-copy')).toBeLessThan(at(plan, 'sync-schedule'))
    expect(idsOf(plan).at(-1)).toBe('record-taken')
  })

  test('made by repmgr: what would fail over by itself is off before anything else, and no file is touched', async () => {
    const plan = repmgrPlan()
    expect(failed(plan)).toEqual([])
    await expect(planText(plan)).toMatchFileSnapshot(recorded('adopt-repmgr.txt'))
    expect(idsOf(plan).slice(0, 2)).toEqual(['prove-roles', 'stop-standby-repmgrd'])
    expect(idsOf(plan).filter((id) => /sync|copy|jobs/.test(id))).toEqual([])
  })

  test('made by the seed’s script, where nobody becomes root: no command of root, and only the login’s own crontab', async () => {
    const plan = foundSeedPlan()
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
      const ids = idsOf(foundPlan({}, versionNum))
      expect(ids.filter((id) => /restart|start-standby|base-backup|put-aside/.test(id))).toEqual([])
    }
    expect(text(foundPlan({ pieces: ['replication'] }, 120022))).toContain('systemctl restart')
    expect(text(foundPlan({ pieces: ['replication'] }, 130018))).not.toContain('systemctl restart')
  })

  test('can be taken back wholly', () => {
    for (const plan of [foundPlan(), repmgrPlan(), foundSeedPlan()])
      for (const { id, irreversible, undo } of plan.steps) {
        expect(irreversible, id).toBe(false)
        expect(['undo', 'nothing-to-undo'], id).toContain(undo)
      }
  })
})

describe('of a pair piece by piece', () => {
  test('the replication alone leaves what copies files as it is', () => {
    const ids = idsOf(foundPlan({ pieces: ['replication'] }))
    expect(ids).toContain('take-stream')
    expect(ids.filter((id) => /sync|copy|jobs|application|kit/.test(id))).toEqual([])
  })

  test('the files alone leave the stream as it is', () => {
    const ids = idsOf(foundPlan({ pieces: ['files'] }))
    expect(ids).toContain('sync-schedule')
    expect(ids.filter((id) => /stream|slot|role|rules|wal/.test(id))).toEqual(['prove-roles'])
  })

  test('the application alone is stopped on the standby, and nothing else is done', () => {
    expect(idsOf(foundPlan({ pieces: ['application'] }))).toEqual([
      'prove-roles',
      'stop-application',
      'record-taken',
    ])
  })

  test.each([
    [['kit'], /break-glass kit would stop and start what is not Understudy’s/],
    [['kit', 'replication'], /the copying of files and the application/],
  ] as const)('%s is refused, and has no steps: the kit acts on what is not taken over', (pieces, words) => {
    const plan = foundPlan({ pieces: [...pieces] })
    expect(plan.steps).toEqual([])
    expect(failed(plan).join()).toMatch(words)
  })
})

test('the plan says what stays, what ends, and what is copied more than before', () => {
  const { warnings } = foundPlan()
  expect(warnings.join('\n')).toContain('The role rep on alpha')
  expect(warnings.join('\n')).toContain('/srv/ledger/reports was copied without some of it (--exclude cache)')
  expect(foundPlan({ pieces: ['application'] }).warnings.join()).not.toContain('The role rep')
})
