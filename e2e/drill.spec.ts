import { expect, test } from './harness/fixtures'
import { pointer } from './harness/hands'
import { takePictures } from './harness/pictures'
import { awaitCreated, awaitWriting, type Story, setUp, startCreate, stateOf } from './harness/whole-story'

test('a drill is started by clicks, its page shows what it found, and drills are set to begin by themselves', async ({
  page,
  lab,
  dashboard,
}) => {
  const story: Story = { page, hands: pointer, lab, dashboard, look: async () => undefined }
  const standby = lab.host(1)
  await setUp(story)
  await startCreate(story, 'ledger')
  await awaitCreated(story, 'ledger')
  await expect(stateOf(page)).toContainText(/Protected/, { timeout: 90_000 })
  await expect(page.getByText('The standby’s data has not been tried yet.')).toBeVisible()

  await page.getByRole('link', { name: 'All drills' }).click()
  await expect(page.getByRole('heading', { name: 'Drills', level: 1 })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'No drill yet' })).toBeVisible()
  await takePictures(page, 'drills-none')
  await page.getByLabel('When, in UTC').fill('every night')
  await page.getByRole('button', { name: 'Save the schedule' }).click()
  await expect(page.getByText(/^This is not a cron schedule/)).toBeVisible()
  await page.getByLabel('When, in UTC').fill('0 3 * * 0')
  await page.getByRole('button', { name: 'Save the schedule' }).click()
  await expect(page.getByText(/^They begin at 03:00, only on Sunday \(UTC\); next /)).toBeVisible()

  await page.getByRole('link', { name: 'Drill…' }).click()
  await expect(page.getByRole('heading', { name: 'Drill ledger' })).toBeVisible()
  await page.getByLabel('Gives way after, seconds').fill('60')
  await page.getByLabel('Reason').fill('Does it come up?')
  await takePictures(page, 'drill')
  await page.getByRole('button', { name: `Drill on ${standby.name}` }).click()
  await expect(page.getByText('Every step’s effect was seen by facts.')).toBeVisible({ timeout: 180_000 })
  await takePictures(page, 'drill-done')

  await page.getByRole('link', { name: 'To ledger' }).click()
  await expect(
    page.getByText(/The last one passed, begun .* its copy took a row .* after its start\./),
  ).toBeVisible()
  await expect(stateOf(page)).toContainText(/Protected/)
  await takePictures(page, 'live-drilled')
  await page.getByRole('link', { name: 'All drills' }).click()
  await expect(page.getByRole('heading', { name: 'Last drill' })).toBeVisible()
  await expect(page.getByText(/^A row was written and read, on timeline \d+\.$/)).toBeVisible()
  await takePictures(page, 'drills')
  await awaitWriting(lab.host(0))
  expect(await standby.exec(`find / -xdev -name '*.understudy-*-drill' -prune -print 2>/dev/null`)).toBe('')
})
