import type { Page } from 'playwright/test'
import { killWorker } from '@/test/harness/dashboard'
import { expect, test } from './harness/fixtures'
import { pointer } from './harness/hands'
import { takePictures } from './harness/pictures'
import { type Story, setUp, startCreate } from './harness/whole-story'

/** So slow that the packed copy takes longer than what is done to it meanwhile. */
const kbitPerSecond = 700

const copying = (page: Page) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: /^Copy the database from / }) })

test('while the worker is killed, the cable cut, the copy killed and a create cancelled, its page says what happens and leads back to what was', async ({
  page,
  lab,
  dashboard,
}) => {
  const story: Story = { page, hands: pointer, lab, dashboard, look: async () => undefined }
  const standby = lab.host(1)
  const entries = 'select count(*), md5(string_agg(sha256, id::text order by id)) from entries'
  const before = await standby.sql(entries)
  await setUp(story)
  await startCreate(story, 'ledger')
  await standby.slowLink(kbitPerSecond)

  await expect(copying(page)).toContainText(/MB of/, { timeout: 60_000 })
  await killWorker(dashboard.dataDirectory)
  await expect(copying(page)).toContainText('Begun 2 times.', { timeout: 30_000 })
  await takePictures(page, 'operation-taken-over')

  const heal = await standby.cut()
  await expect(
    copying(page).getByText(new RegExp(`^The connection to ${standby.name} .* was lost\\.$`)),
  ).toBeVisible({ timeout: 20_000 })
  await takePictures(page, 'operation-host-silent')
  await heal()
  await expect(copying(page).getByText(`${standby.name} answers again.`, { exact: true })).toBeVisible({
    timeout: 30_000,
  })

  await standby.exec('pkill -KILL -x pg_basebackup')
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible({ timeout: 30_000 })
  await expect(copying(page).getByText(/^The base backup on .* resume: it is begun anew/)).toBeVisible()
  await takePictures(page, 'operation-failed')
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(copying(page)).toContainText(/MB of/, { timeout: 60_000 })

  await page.getByRole('button', { name: 'Cancel…' }).click()
  await page.getByRole('button', { name: 'Cancel it' }).click()
  await page.getByRole('button', { name: 'Undo…' }).click({ timeout: 30_000 })
  await takePictures(page, 'operation-undo')
  await page.getByRole('button', { name: 'Undo it' }).click()
  await expect(page.getByText('Everything that it did has been taken back.')).toBeVisible({ timeout: 60_000 })
  await takePictures(page, 'operation-undone')
  expect(await standby.sql(entries)).toBe(before)
})
