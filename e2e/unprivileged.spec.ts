import type { Page } from 'playwright/test'
import { awaitFact } from '@/lab/await-fact'
import { readTraces } from '@/test/harness/create-ground'
import { worldOf } from '@/test/harness/lab-worlds'
import { test as base, expect } from './harness/fixtures'
import { pointer } from './harness/hands'
import {
  awaitCreated,
  awaitWriting,
  promoteStandby,
  readVaultLog,
  readWritten,
  type Story,
  setUp,
  startCreate,
  startCreateAgain,
  stateOf,
  verifyNothingLost,
} from './harness/whole-story'

const test = base.extend({ layout: 'soar-unprivileged' })

/** So slow that the packed copy takes longer than it is to be cancelled. */
const kbitPerSecond = 700

/** Cancels the create while its copy is on the way, and takes back what it did. */
async function undoDuringCopy(page: Page) {
  const copying = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: /^Copy the database from / }) })
  await expect(copying).toContainText(/MB of/, { timeout: 60_000 })
  await page.getByRole('button', { name: 'Cancel…' }).click()
  await page.getByRole('button', { name: 'Cancel it' }).click()
  await page.getByRole('button', { name: 'Undo…' }).click({ timeout: 30_000 })
  await page.getByRole('button', { name: 'Undo it' }).click()
  await expect(page.getByText('Everything that it did has been taken back.')).toBeVisible({ timeout: 60_000 })
}

test('on hosts where one ordinary user owns all and nobody becomes root: from nothing, with a create that is cancelled and undone, to a promoted standby by clicks, with every row and file there', async ({
  page,
  lab,
  dashboard,
}) => {
  const story: Story = { page, hands: pointer, lab, dashboard, look: async () => undefined }
  const [primary, standby] = [lab.host(0), lab.host(1)]
  await setUp(story)
  // What is there before a create begins is in its first copy.
  const { lastId: copiedUpToId } = await readWritten(primary)
  const before = await Promise.all(lab.hosts.map(readTraces))
  const hurry = await standby.slowLink(kbitPerSecond)
  await startCreate(story, 'phantom', { profile: worldOf(primary).profile.title })
  await undoDuringCopy(page)
  expect(await Promise.all(lab.hosts.map(readTraces))).toEqual(before)
  await hurry()
  await page.getByRole('link', { name: 'To phantom' }).click()
  await startCreateAgain(story)
  await awaitCreated(story, 'phantom')
  await expect(stateOf(page)).toContainText(/Protected/, { timeout: 90_000 })
  for (const host of lab.hosts)
    expect(await host.exec('find / -xdev -path "*understudy*" -user root ! -path "/proc/*"'), host.name).toBe(
      '',
    )
  expect(await standby.exec('find / -xdev -path "*understudy*" -user phantom | head -n 1')).not.toBe('')
  await readVaultLog(story, 'phantom')

  const written = await readWritten(primary)
  await primary.kill()
  await expect(stateOf(page)).toContainText(/No primary/)
  await promoteStandby(story, standby)
  await verifyNothingLost(standby, written, copiedUpToId)
  await awaitFact(
    'a healthy application',
    async () => (await standby.tryExec(worldOf(standby).check)).exitCode === 0,
    { timeoutMs: 60_000 },
  )
  await awaitWriting(standby)
  await page.getByRole('link', { name: 'Watch it live' }).click()
  await expect(stateOf(page)).toContainText(/Unprotected/)
})
