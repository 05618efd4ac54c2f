import { expect } from 'playwright/test'
import { damageFile, verifyNow } from '@/test/harness/damage'
import { takePictures } from './pictures'
import { type Story, stateOf } from './whole-story'

const vault = '/srv/ledger/vault'

/** A byte that flipped on the standby: the directory’s row says so, and a click from there mends it. */
export async function repairByClick({ page, lab }: Story) {
  const [primary, standby] = [lab.host(0), lab.host(1)]
  await primary.exec(`echo precious > ${vault}/precious`)
  await standby.exec('/usr/local/lib/understudy/understudy-sync ledger vault --now')
  await damageFile(standby, `${vault}/precious`)
  await verifyNow(standby)
  await expect(stateOf(page)).toContainText(/Degraded/, { timeout: 60_000 })
  await expect(page.getByText('One file of Vault on', { exact: false }).first()).toContainText('precious')
  await expect(page.getByText('100 %').filter({ visible: true }).first()).toBeVisible()
  await takePictures(page, 'live-differs')
  await page.getByRole('link', { name: 'Repair files of Vault' }).filter({ visible: true }).click()
  await expect(page.getByRole('heading', { name: 'Repair files of ledger' })).toBeVisible()
  await page.getByLabel('Reason').fill('A byte has flipped')
  await takePictures(page, 'repair-files')
  await page.getByRole('button', { name: `Repair them on ${standby.name}` }).click()
  await expect(page.getByText('Every step’s effect was seen by facts.')).toBeVisible({ timeout: 60_000 })
  expect(await standby.exec(`cat ${vault}/precious`)).toBe('precious')
  await page.getByRole('link', { name: 'To ledger' }).click()
  await expect(stateOf(page)).toContainText(/Protected/, { timeout: 90_000 })
}

/** A row whose file is gone: named when somebody looks. */
export async function lookForMissing({ page, lab }: Story) {
  const primary = lab.host(0)
  const file = await primary.sql('select file from entries order by file limit 1')
  await primary.exec(`mv ${vault}/${file} /root/kept`)
  const card = page.getByRole('region', { name: 'Files that rows refer to' })
  await card.getByLabel('On').selectOption('primary')
  await card.getByRole('button', { name: 'Look for missing files' }).click()
  await expect(card.getByRole('listitem').filter({ hasText: file })).toBeVisible({ timeout: 60_000 })
  await takePictures(page, 'missing-files')
  await primary.exec(`mv /root/kept ${vault}/${file}`)
}
