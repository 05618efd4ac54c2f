import { expect, test } from 'vitest'
import { closedBecause, readCreateAnswers, toCreateInput } from '@/components/wizard/create/create-answers'
import type { ProfileSummary } from '@/lib/domain/views'

const profile: ProfileSummary = {
  id: 'generic-debian',
  title: 'Generic',
  defaultWalKeepSegments: 64,
  packages: { system: true, pip: false },
  directories: [
    { id: 'data', title: 'data', path: '/srv/data', log: 'rsync_data.log', schedule: '* * * * *' },
  ],
}
const read = (answers: Record<string, unknown>) => readCreateAnswers(answers, [profile])
const full = {
  primary: { hostId: 'a' },
  standby: { hostId: 'b' },
  profileId: 'generic-debian',
  slug: 'ledger',
}

test('a draft that holds nothing reads as the profile’s defaults', () => {
  const answers = read({})
  expect(answers.profileId).toBe('generic-debian')
  expect(answers.walKeepSegments).toBe('64')
  expect(answers.directories).toEqual(profile.directories)
  expect(answers.primary.port).toBe('22')
  expect(answers.scope).toEqual({ database: true, files: true, packages: true })
})

test('a damaged draft never breaks the page', () => {
  expect(read({ primary: 7, scope: null, directories: 'x', slug: 3 }).slug).toBe('')
})

test('a full draft becomes the input; without files no directory is asked for', () => {
  expect(toCreateInput(read(full)).input).toMatchObject({
    slug: 'ledger',
    hosts: { primary: 'a', standby: 'b' },
    settings: { walKeepSegments: 64, directories: [{ id: 'data' }] },
  })
  const bare = toCreateInput(read({ ...full, scope: { database: true, files: false } }))
  expect(bare.input?.settings.directories).toEqual([])
})

test('the same host twice, and a missing name, are said where they belong', () => {
  const { fields } = toCreateInput(read({ ...full, slug: '', standby: { hostId: 'a' } }))
  expect(Object.keys(fields ?? {})).toEqual(expect.arrayContaining(['slug', 'hosts.standby']))
})

test('each step opens only when what it rests on is there', () => {
  expect(closedBecause('access', read({}), 'not-started')).not.toBe('')
  const named = read({ primary: { address: '10.0.0.1' }, standby: { address: '10.0.0.2' } })
  expect(closedBecause('access', named, 'not-started')).toBe('')
  expect(closedBecause('found', named, 'not-started')).not.toBe('')
  expect(closedBecause('found', read(full), 'not-started')).toBe('')
  expect(closedBecause('plan', read(full), 'not-started')).toBe('')
  expect(closedBecause('plan', read({ ...full, slug: '' }), 'not-started')).not.toBe('')
  expect(closedBecause('run', read(full), 'not-started')).not.toBe('')
})

test('once it has been started only its run and its end are open', () => {
  expect(closedBecause('run', read(full), 'started')).toBe('')
  expect(closedBecause('hosts', read(full), 'started')).not.toBe('')
})

test('a restart of the primary is asked for only after it was agreed', () => {
  expect(toCreateInput(read(full)).input?.agreeRestart).toBe(false)
  expect(toCreateInput(read({ ...full, agreeRestart: true })).input?.agreeRestart).toBe(true)
})

test('a slot and a place for the old data are asked for only where they were given', () => {
  expect(toCreateInput(read(full)).input).toMatchObject({
    oldDataDirectory: null,
    settings: { slotWalSegments: null },
  })
  expect(
    toCreateInput(read({ ...full, slotWalSegments: '64', oldDataDirectory: ' /srv/kept ' })).input,
  ).toMatchObject({
    oldDataDirectory: '/srv/kept',
    settings: { slotWalSegments: 64 },
  })
  const { fields } = toCreateInput(read({ ...full, slotWalSegments: '0', oldDataDirectory: 'kept' }))
  expect(Object.keys(fields ?? {}).sort()).toEqual(['oldDataDirectory', 'settings.slotWalSegments'])
})
