import type { Page } from 'playwright/test'
import { expect, test } from './harness/fixtures'
import { pointer } from './harness/hands'
import { takePictures } from './harness/pictures'
import {
  awaitCreated,
  awaitSyncedVault,
  awaitWriting,
  fenceFormer,
  promoteStandby,
  readVaultLog,
  readWritten,
  type Story,
  setUp,
  startCreate,
  stateOf,
  verifyNothingLost,
} from './harness/whole-story'

test('from nothing to a promoted standby by clicks, with every row there', async ({
  page,
  lab,
  dashboard,
}) => {
  const story: Story = { page, hands: pointer, lab, dashboard, look: takePictures }
  const [primary, standby] = [lab.host(0), lab.host(1)]
  await setUp(story)
  await startCreate(story, 'ledger')
  await awaitCreated(story, 'ledger')
  await expect(stateOf(page)).toContainText(/Protected/, { timeout: 90_000 })
  await takePictures(page, 'live-protected')
  // Every value says its age in words for those who can't hover.
  const ages = page.getByText(/^\d+ \S+ old$/)
  await expect(ages).toHaveCount(0)
  await page.getByRole('button', { name: 'Ages' }).click()
  await expect.poll(() => ages.count()).toBeGreaterThan(20)
  await page.getByRole('button', { name: 'Ages' }).click()

  await readVaultLog(story, 'ledger')
  await expect(stateOf(page)).toContainText(/Protected/)

  const synced = await awaitSyncedVault(standby, (await readWritten(primary)).lastId)
  const written = await readWritten(primary)
  await primary.kill()
  const killedAt = performance.now()
  // How soon it must be told is measured where nothing else runs: lib/watch/watch.lab.test.ts.
  await expect(stateOf(page)).toContainText(/No primary/)
  test
    .info()
    .annotations.push({ type: 'no-primary seen after ms', description: String(performance.now() - killedAt) })
  await takePictures(page, 'live-no-primary')

  await promoteStandby(story, standby)
  await verifyNothingLost(standby, written, synced)
  await awaitWriting(standby)
  await page.getByRole('link', { name: 'Watch it live' }).click()
  await expect(stateOf(page)).toContainText(/Unprotected/)
  // Said by the host itself, soon after the promotion started the application there.
  await expect(page.getByText('3.1.4, running')).toBeVisible({ timeout: 10_000 })
  await takePictures(page, 'live-unprotected')

  await primary.boot()
  await fenceFormer(story, primary)
  expect((await primary.tryExec('pg_isready -q')).exitCode).toBe(2)
  await awaitWriting(standby)
  await lookAtTheRest(page)
})

/** The pages that the story does not lead through, as they are after it. */
async function lookAtTheRest(page: Page) {
  const main = page.getByRole('navigation', { name: 'Main' })
  for (const [link, title, picture] of [
    ['Pairs', 'Pairs', 'pairs'],
    ['Hosts', 'Hosts', 'hosts'],
    ['Audit', 'Audit', 'audit'],
    ['Users', 'Users', 'users'],
  ] as const) {
    await main.getByRole('link', { name: link }).click()
    await expect(page.getByRole('heading', { name: title, level: 1 })).toBeVisible()
    await takePictures(page, picture)
  }
  await main.getByRole('link', { name: 'Pairs' }).click()
  await page.getByRole('link', { name: 'ledger' }).first().click()
  await page.getByRole('link', { name: 'Create standby' }).click()
  await expect(page.getByRole('heading', { name: 'Steps' })).toBeVisible()
  await takePictures(page, 'operation')
  await page.getByRole('button', { name: /^Your menu/ }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
  await takePictures(page, 'login')
}
