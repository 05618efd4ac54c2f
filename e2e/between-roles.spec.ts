import { expect, test } from './harness/fixtures'
import { pointer } from './harness/hands'
import { takePictures } from './harness/pictures'
import { lookForMissing, repairByClick } from './harness/verified-files'
import { awaitCreated, awaitWriting, type Story, setUp, startCreate, stateOf } from './harness/whole-story'

/** From the directory’s row: what was written a moment ago is on the standby when the page says that it is copied. */
async function syncVaultNow({ page, lab }: Story) {
  const path = '/srv/ledger/vault/asked-for'
  await lab.host(0).exec(`echo now > ${path}`)
  await page.getByRole('link', { name: 'Sync Vault now' }).filter({ visible: true }).click()
  await expect(page.getByRole('heading', { name: 'Sync ledger now' })).toBeVisible()
  await expect(page.getByRole('checkbox', { name: 'Vault' })).toBeChecked()
  await expect(page.getByRole('checkbox', { name: 'Settings' })).not.toBeChecked()
  await page.getByLabel('Reason').fill('The report is wanted')
  await takePictures(page, 'sync')
  await page.getByRole('button', { name: `Copy to ${lab.host(1).name} now` }).click()
  await expect(page.getByText('Every step’s effect was seen by facts.')).toBeVisible({ timeout: 60_000 })
  expect(await lab.host(1).exec(`cat ${path}`)).toBe('now')
  await takePictures(page, 'sync-done')
  await page.getByRole('link', { name: 'To ledger' }).click()
  await expect(stateOf(page)).toContainText(/Protected/, { timeout: 90_000 })
}

test('a directory is copied by a click, a file that differs is repaired by one, and the roles of a pair are exchanged by clicks: its page says how long nobody could write, and the pair is protected again', async ({
  page,
  lab,
  dashboard,
}) => {
  const story: Story = { page, hands: pointer, lab, dashboard, look: async () => undefined }
  const [primary, standby] = [lab.host(0), lab.host(1)]
  await setUp(story)
  await startCreate(story, 'ledger')
  await awaitCreated(story, 'ledger')
  await expect(stateOf(page)).toContainText(/Protected/, { timeout: 90_000 })
  await takePictures(page, 'live-between-roles')

  await syncVaultNow(story)
  await repairByClick(story)
  await lookForMissing(story)

  await page.getByRole('link', { name: 'Switch over…' }).click()
  await expect(page.getByRole('heading', { name: `Switch over to ${standby.name}` })).toBeVisible()
  await expect(page.getByText(`${standby.name} streams from ${primary.name}`)).toBeVisible()
  const start = page.getByRole('button', { name: `Switch over to ${standby.name}` })
  await expect(start).toBeDisabled()
  await page.getByLabel(/^Type /).fill(`switch over to ${standby.name}`)
  await page.getByLabel('Reason').fill('Kernel update')
  await takePictures(page, 'switchover')
  await start.click()
  await expect(page.getByText('Every step’s effect was seen by facts.')).toBeVisible({ timeout: 90_000 })
  await expect(
    page.getByText(/^Without writes, from the stop on the old primary to the first row: /),
  ).toBeVisible()
  await takePictures(page, 'switchover-done')
  await page.getByRole('link', { name: 'To ledger' }).click()
  await expect(stateOf(page)).toContainText(/Protected/, { timeout: 90_000 })
  await awaitWriting(standby)
  expect(await primary.sql('select pg_is_in_recovery()')).toBe('t')
  await takePictures(page, 'live-switched-over')
})
