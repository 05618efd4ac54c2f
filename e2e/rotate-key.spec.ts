import { expect, test } from './harness/fixtures'
import { pointer } from './harness/hands'
import { takePictures } from './harness/pictures'
import { awaitCreated, type Story, setUp, startCreate, stateOf } from './harness/whole-story'

test('the key between the hosts is rotated by clicks: what is let in is shown before, and proved behind', async ({
  page,
  lab,
  dashboard,
}) => {
  const story: Story = { page, hands: pointer, lab, dashboard, look: async () => undefined }
  const [primary, standby] = [lab.host(0), lab.host(1)]
  const letIn = () =>
    primary.exec('grep -h understudy-send /home/*/.ssh/authorized_keys /root/.ssh/authorized_keys; true')
  await setUp(story)
  await startCreate(story, 'ledger')
  await awaitCreated(story, 'ledger')
  await expect(stateOf(page)).toContainText(/Protected/, { timeout: 90_000 })
  const before = await letIn()

  await page.getByRole('link', { name: 'Rotate the key…' }).click()
  await expect(page.getByRole('heading', { name: 'Rotate the key of ledger' })).toBeVisible()
  await expect(page.getByText(`Let the new key in on ${primary.name}, beside the old one`)).toBeVisible()
  await expect(page.getByText('The key that is rotated')).toBeVisible()
  await page.getByLabel('Reason').fill('Keys are rotated each year.')
  await takePictures(page, 'rotate-key')
  await page.getByRole('button', { name: `Give ${standby.name} a new key` }).click()
  await expect(page.getByText('Every step’s effect was seen by facts.')).toBeVisible({ timeout: 120_000 })
  await takePictures(page, 'rotate-key-done')
  const after = await letIn()
  expect(after).not.toBe(before)
  expect(after.split('\n')).toHaveLength(1)

  await page.getByRole('link', { name: 'To ledger' }).click()
  await expect(stateOf(page)).toContainText(/Protected/, { timeout: 90_000 })
})
