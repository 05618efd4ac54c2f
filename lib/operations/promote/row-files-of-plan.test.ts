import { beforeEach, describe, expect, test } from 'vitest'
import { buildRunbook } from '@/lib/domain/operation-report'
import { plannedRowFiles } from '@/lib/domain/plan-facts'
import type { RowFiles } from '@/lib/domain/row-files'
import { promoteFacts } from '@/lib/operations/promote/facts'
import { planPromote } from '@/lib/operations/promote/plan-promote'
import { readRowFiles } from '@/lib/operations/promote/read-row-files'
import { systemClock } from '@/lib/time'
import { profileOf } from '@/test/harness/operation-facts'
import { groundOf, grounds } from '@/test/harness/plan-variants'
import { ScriptedDoor } from '@/test/harness/scripted-door'

const any = grounds.find(({ given }) => given.scope.database && given.scope.files)
if (!any) throw new Error('there are no grounds')
const { given } = any
const ground = { ...groundOf(given), profile: profileOf() }
const facts = promoteFacts.parse(any.promote.facts)
const found: RowFiles = {
  at: '2026-11-23T03:00:00.000Z',
  hostName: 'beta',
  looks: [
    {
      ...{
        id: 'entries',
        title: 'Entries',
        directory: 'Vault',
        files: 9,
        missing: 1,
        names: ['2026/lost.txt'],
      },
      ...{ strange: 0, isAll: true, why: '' },
    },
  ],
}
const planOf = (rowFiles: RowFiles | null) =>
  planPromote({ ...ground, facts: { ...facts, rowFiles } }, new Date('2026-11-23T03:00:01Z'))

describe('a plan of a promotion', () => {
  test('says which files that rows refer to are missing, and when that was seen', () => {
    const plan = planOf(found)
    expect(plan.warnings).toContain(
      'Entries: 1 file that rows refer to is missing in Vault on beta: 2026/lost.txt. As seen 2026-11-23T03:00:00.000Z.',
    )
    expect(plannedRowFiles(plan)).toEqual(found)
    expect(buildRunbook(plan, 'ledger', { primary: 'alpha', standby: 'beta' })).toContain(
      '## Files that rows refer to, as seen 2026-11-23T03:00:00.000Z\n\n- Entries: 1 file',
    )
  })

  test('says nothing of it where nothing is missing, and keeps that it was looked', () => {
    const looks = found.looks.map((look) => ({ ...look, missing: 0, names: [] }))
    const plan = planOf({ ...found, looks })
    expect(plan.warnings.join()).not.toContain('rows refer to')
    expect(plannedRowFiles(plan)?.looks[0]?.missing).toBe(0)
  })

  test('looks again once the promoted host serves, as its report tells', () => {
    const ids = planOf(found).steps.map(({ id }) => id)
    expect(ids.indexOf('report-row-files')).toBeGreaterThan(ids.indexOf('promote-standby'))
    expect(ids.indexOf('report-row-files')).toBeGreaterThan(ids.indexOf('start-application'))
  })
})

describe('what is missing', () => {
  let standby: ScriptedDoor
  beforeEach(() => {
    standby = new ScriptedDoor()
    standby.onQuery = (text) => {
      if (text.includes('pg_typeof')) return [{ type: 'text' }]
      return text.includes('encode(') ? [{ name: Buffer.from('a/one').toString('hex') }] : []
    }
    standby.onRun = () => 'x'
  })
  const read = (shown: Parameters<typeof readRowFiles>[0]['shown']) =>
    readRowFiles({
      ...{ pair: ground.pair, profile: ground.profile, hosts: ground.hosts, latest: null, shown },
      ...{
        doors: { primary: standby, standby },
        clock: systemClock,
        operations: { listOfPair: async () => [], find: async () => null },
      },
    })

  test('is looked for on the standby when a promotion is planned', async () => {
    expect(await read(null)).toMatchObject({ looks: [{ files: 1, missing: 1, names: ['a/one'] }] })
  })

  test('is not looked for between the click and the promotion: what was shown holds', async () => {
    standby.onQuery = () => {
      throw new Error('nothing is asked')
    }
    expect(await read(planOf(found))).toEqual(found)
  })
})
