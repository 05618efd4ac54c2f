import { expect, test } from 'vitest'
import { oldDataCheck } from '@/lib/operations/preflight/data-place-checks'
import { hostFactsOf } from '@/test/harness/operation-facts'

const data = '/var/lib/postgresql/15/main'
const beta = hostFactsOf('beta')
const asMount = hostFactsOf('beta', {
  paths: beta.paths.seen
    ? {
        seen: true,
        value: beta.paths.value.map((place) => ({ ...place, isMountPoint: place.path === data })),
      }
    : beta.paths,
})
const sound = { isDirectory: true, isWritable: true, path: '/srv/kept', isSameFileSystem: true }
const check = (over: Partial<typeof sound> = {}, standby = beta) =>
  oldDataCheck(standby, '/srv/kept', { seen: true, value: { ...sound, ...over } })

test('without a place of the operator’s own nothing is asked of it', () => {
  expect(oldDataCheck(beta, null, null).outcome).toBe('not-applicable')
})

test('a directory on the same file system that the owner may write in takes the old data', () => {
  expect(check().outcome).toBe('pass')
})

test.each([
  ['is missing', { isDirectory: false }, beta, 'is no directory', 'install -d -m 0700 -o postgres /srv/kept'],
  ['is another file system', { isSameFileSystem: false }, beta, 'another file system', 'same file system'],
  ['can’t lie where the data directory is a file system', {}, asMount, 'another file system', 'or none'],
  ['lies within the data', { path: `${data}/kept` }, beta, 'within the data directory', 'outside of it'],
  ['is the data itself', { path: data }, beta, 'within the data directory', 'outside of it'],
  [
    'is not the owner’s to write in',
    { isWritable: false },
    beta,
    'may not write',
    'chown postgres /srv/kept',
  ],
])('a place that %s is refused with the reason', (_, over, standby, says, fix) => {
  const refused = check(over, standby)
  expect(refused.outcome).toBe('fail')
  expect(refused.evidence).toContain(says)
  expect(refused.fix).toContain(fix)
})

test('a place that could not be looked at is refused with that', () => {
  const why = { code: 'HOST_TIMED_OUT', message: 'beta did not answer.', fix: 'Look.' }
  expect(oldDataCheck(beta, '/srv/kept', { seen: false, why })).toMatchObject({
    outcome: 'fail',
    evidence: why.message,
  })
})
