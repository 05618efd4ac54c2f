import { expect, test } from './harness/fixtures'
import { keyboardOf } from './harness/hands'
import {
  awaitWriting,
  createStandby,
  promoteStandby,
  readWritten,
  setUp,
  stateOf,
} from './harness/whole-story'

test('from nothing to a promoted standby by the keyboard alone', async ({ page, lab, dashboard }) => {
  const story = { page, hands: keyboardOf(page), lab, dashboard }
  await setUp(story)
  await createStandby(story, 'ledger')
  await expect(stateOf(page)).toContainText(/Protected/, { timeout: 90_000 })
  const written = await readWritten(lab.host(0))
  await lab.host(0).kill()
  await expect(stateOf(page)).toContainText(/No primary/, { timeout: 3_000 })
  await promoteStandby(story, lab.host(1))
  await awaitWriting(lab.host(1))
  expect(Number(await lab.host(1).sql(`SELECT count(*) FROM entries WHERE id <= ${written.lastId}`))).toBe(
    written.rows,
  )
})
