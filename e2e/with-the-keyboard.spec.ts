import { expect, test } from './harness/fixtures'
import { keyboardOf } from './harness/hands'
import {
  awaitCreated,
  awaitSyncedVault,
  awaitWriting,
  promoteStandby,
  readVaultLog,
  readWritten,
  type Story,
  setUp,
  signIn,
  startCreate,
  stateOf,
  verifyNothingLost,
} from './harness/whole-story'

test('by the keyboard alone, with the browser closed while the standby is created, and gone on in another: every row and file is there', async ({
  page,
  browser,
  lab,
  dashboard,
}) => {
  const first: Story = { page, hands: keyboardOf(page), lab, dashboard, look: async () => undefined }
  await setUp(first)
  await startCreate(first, 'ledger')
  await expect(page.getByRole('heading', { name: 'Creating the standby' })).toBeVisible()
  const address = page.url()
  await page.context().close()

  const other = await (await browser.newContext()).newPage()
  const story: Story = { ...first, page: other, hands: keyboardOf(other) }
  await other.goto(address)
  await signIn(story)
  await expect(other.getByRole('heading', { name: 'Create a standby', level: 1 })).toBeVisible()
  await awaitCreated(story, 'ledger')
  await expect(stateOf(other)).toContainText(/Protected/, { timeout: 90_000 })

  await readVaultLog(story, 'ledger')
  const synced = await awaitSyncedVault(lab.host(1), (await readWritten(lab.host(0))).lastId)
  const written = await readWritten(lab.host(0))
  await lab.host(0).kill()
  await expect(stateOf(other)).toContainText(/No primary/, { timeout: 3_000 })
  await promoteStandby(story, lab.host(1))
  await awaitWriting(lab.host(1))
  await verifyNothingLost(lab.host(1), written, synced)
})
