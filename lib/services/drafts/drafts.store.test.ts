import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDraft } from '@/lib/services/drafts/create-draft'
import { readDraft } from '@/lib/services/drafts/read-draft'
import { updateDraft } from '@/lib/services/drafts/update-draft'
import { systemClock } from '@/lib/time'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'

let at: TestStore
let web: TestGround
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
})
afterAll(() => at.close())

const begin = () =>
  createDraft(web.as('operator', 'ada'), { kind: 'create', step: 'hosts', answers: { slug: 'ledger' } })

test('of two who change the same answers the second is told who was first, and loses nothing of theirs', async () => {
  const { id, version } = await begin()
  const first = await updateDraft(web.as('operator', 'ada'), {
    id,
    step: 'hosts',
    answers: { slug: 'a' },
    version,
  })
  expect(first.version).toBe(version + 1)
  const late = { id, step: 'access', answers: { slug: 'b' }, version }
  await expect(updateDraft(web.as('operator', 'bob'), late)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: 'Meanwhile ada has changed these answers in another browser.',
  })
  expect(await readDraft(web.as('operator'), { id })).toEqual(first)
  const again = { ...late, version: first.version }
  expect(await updateDraft(web.as('operator', 'bob'), again)).toMatchObject({
    answers: { slug: 'b' },
    updatedBy: 'bob',
  })
})

test('of many changes of one version at the same time exactly one is kept', async () => {
  const { id, version } = await begin()
  const all = await Promise.allSettled(
    ['a', 'b', 'c', 'd'].map((slug) =>
      updateDraft(web.as('operator', slug), { id, step: 'hosts', answers: { slug }, version }),
    ),
  )
  const kept = all.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  expect(kept).toHaveLength(1)
  expect(await readDraft(web.as('operator'), { id })).toEqual(kept[0])
})

test('whoever only turns a page hinders nobody who answers', async () => {
  const { id, version, answers } = await begin()
  const turned = await updateDraft(web.as('operator', 'bob'), { id, step: 'access', answers, version })
  expect(turned).toMatchObject({ step: 'access', version, updatedBy: 'ada' })
  const change = { id, step: 'hosts', answers: { slug: 'other' }, version }
  await expect(updateDraft(web.as('operator', 'ada'), change)).resolves.toMatchObject({
    version: version + 1,
  })
})

test('a viewer begins no wizard, and a draft that is not there is said', async () => {
  await expect(
    createDraft(web.as('viewer'), { kind: 'create', step: 'hosts', answers: {} }),
  ).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
  await expect(readDraft(web.as('operator'), { id: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
