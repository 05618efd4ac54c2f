import { expect, test } from 'vitest'
import { createPreflight } from '@/lib/operations/preflight/create-preflight'
import { packageChecks } from '@/lib/operations/preflight/package-checks'
import { createFactsOf, createInputOf, packageFactsOf, profileOf } from '@/test/harness/operation-facts'

const outcomeOf = (over: Parameters<typeof packageFactsOf>[0]) => packageChecks([packageFactsOf(over)])[0]

test('what is missing is told by name and version, and is no trouble where it can be installed', () => {
  expect(outcomeOf({})).toMatchObject({
    id: 'deb-packages',
    outcome: 'pass',
    evidence: 'Of 2 packages 1 are missing and 1 are installed: ledger-tools 1.4.',
  })
  expect(outcomeOf({ missing: [], targets: [] })).toMatchObject({
    outcome: 'pass',
    evidence: 'The standby has all 2 packages of the primary.',
  })
})

test.each([
  ['no source offers one', { unavailable: ['ledger-tools'], targets: [] }, 'No source offers ledger-tools.'],
  [
    'one is there in another version',
    { other: [{ name: 'bash', primary: '5.2', standby: '5.1' }] },
    'In another version, and left so: bash 5.1 (primary 5.2).',
  ],
])('where %s the operator is warned', (_, over, words) => {
  const check = outcomeOf(over)
  expect(check?.outcome).toBe('warn')
  expect(check?.evidence).toContain(words)
})

test('what would change what is there blocks, and is not installed', () => {
  const check = outcomeOf({ changes: ['libc6 1 would become 2'] })
  expect(check).toMatchObject({
    outcome: 'fail',
    evidence: expect.stringContaining('libc6 1 would become 2'),
  })
})

test('a long list is cut, and says how much', () => {
  const missing = Array.from({ length: 12 }, (_, index) => ({ name: `p${index}`, version: '1' }))
  expect(outcomeOf({ missing })?.evidence).toContain('p7 1 and 4 more.')
})

test('what could not be compared is told with its reason', () => {
  const found = { isCompared: false as const, evidence: 'It is not there.', fix: 'Install it.' }
  const of = (outcome: 'fail' | 'warn' | 'not-applicable') =>
    packageChecks([{ kind: 'pip', found: { ...found, outcome } }])[0]
  expect(of('fail')).toMatchObject({ id: 'pip-packages', outcome: 'fail', fix: 'Install it.' })
  expect(of('warn')).toMatchObject({ outcome: 'warn', evidence: 'It is not there.' })
  expect(of('not-applicable')).toMatchObject({ outcome: 'not-applicable', fix: '' })
})

test('the checks of a create have one for each kind that was compared', () => {
  const ids = (packages: Parameters<typeof packageChecks>[0]) =>
    createPreflight({
      facts: createFactsOf({ packages: [...packages] }),
      input: createInputOf(),
      profile: profileOf(),
    }).map(({ id }) => id)
  expect(ids([packageFactsOf()])).toContain('deb-packages')
  expect(ids([])).not.toContain('deb-packages')
})
