import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { packageKinds } from '@/lib/domain/packages'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { CreateFacts } from '@/lib/operations/create/facts'
import { createPreflight } from '@/lib/operations/preflight/create-preflight'
import { lockChecks } from '@/lib/operations/preflight/lock-checks'
import { rightsChecks } from '@/lib/operations/preflight/rights-checks'
import { createFactsOf, createInputOf, packageFactsOf, profileOf } from '@/test/harness/operation-facts'
import { preflightFaults } from '@/test/harness/preflight-faults/all-faults'
import { pairFacts } from '@/test/harness/rights-ground'
import { ScriptedDoor } from '@/test/harness/scripted-door'
import { root } from '@/test/repository/source-files'

/** Every check that the preflight of a create can have, whatever the pair's scope. */
async function allChecks(): Promise<readonly PreflightCheck[]> {
  const packages: CreateFacts['packages'] = packageKinds.map((kind) => ({ ...packageFactsOf(), kind }))
  const facts = createFactsOf({ packages })
  const { hosts, pair, profile } = pairFacts()
  const doors = { primary: new ScriptedDoor(), standby: new ScriptedDoor() }
  const judge = { dashboard: { identity: async () => 'ours' }, operations: { find: async () => null } }
  return [
    ...createPreflight({ facts, input: createInputOf(), profile: profileOf() }),
    ...(await lockChecks(hosts, doors, judge, { required: [] })),
    ...(await rightsChecks({ hosts, doors, pair, profile, installs: Promise.resolve(false), required: [] })),
  ]
}

test('every check of a create is seen to find its fault on real hosts', async () => {
  const ids = (await allChecks()).map(({ id }) => id)
  const found = new Set(preflightFaults.flatMap(({ finds }) => Object.keys(finds)))
  expect(ids.filter((id) => !found.has(id))).toEqual([])
  expect([...found].filter((id) => !ids.includes(id))).toEqual([])
})

test('the document of all checks has every one of them, and no other', async () => {
  const ids = (await allChecks()).map(({ id }) => id)
  const document = readFileSync(`${root}/docs/preflight.md`, 'utf8')
  const rows = document.split('\n').filter((line) => line.startsWith('| `'))
  const named = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, id]) => id),
  )
  expect([...named].sort()).toEqual([...ids].sort())
})

test('what can fail is made to fail: only what is never more than a warning is one there', () => {
  const outcomes = preflightFaults.flatMap(({ finds }) =>
    Object.entries(finds).map(([id, [outcome]]) => [id, outcome] as const),
  )
  const failing = new Set(outcomes.flatMap(([id, outcome]) => (outcome === 'fail' ? [id] : [])))
  const warnings = new Set(outcomes.map(([id]) => id).filter((id) => !failing.has(id)))
  expect([...warnings].sort()).toEqual(['application-version', 'collations', 'mount-points', 'standby-data'])
})

test('each row is named by a title of its own', () => {
  expect(new Set(preflightFaults.map(({ title }) => title)).size).toBe(preflightFaults.length)
})
