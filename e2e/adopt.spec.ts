import { changesSince, readHostFiles } from '@/test/harness/host-files'
import { copyByCron, streamByHand } from '@/test/harness/pairs-by-hand'
import { expect, test } from './harness/fixtures'
import { pointer } from './harness/hands'
import { takePictures } from './harness/pictures'
import { lookAtHosts, type Story, setUp, stateOf } from './harness/whole-story'

test('a pair that somebody made by hand is found by the create wizard, observed, and taken over by clicks until it is protected', async ({
  page,
  lab,
  dashboard,
}) => {
  const story: Story = { page, hands: pointer, lab, dashboard, look: async () => undefined }
  const hosts = [lab.host(0), lab.host(1)] as const
  const [primary, standby] = hosts
  await streamByHand(hosts)
  await copyByCron(hosts)
  const before = await readHostFiles(standby)
  await setUp(story)
  await lookAtHosts(story)
  const found = page.getByRole('region', { name: `${standby.name} is a standby already` })
  await expect(found.getByText('Made by pg_basebackup -R.')).toBeVisible({ timeout: 60_000 })
  await expect(found.getByLabel('Vault')).toBeChecked()
  await takePictures(page, 'create-found-replication')
  await found.getByLabel('Name of the pair').fill('ledger')
  await found.getByRole('button', { name: 'Observe this pair' }).click()

  await expect(page.getByRole('heading', { name: 'ledger', level: 1 })).toBeVisible()
  await expect(stateOf(page)).toContainText(/Degraded/, { timeout: 60_000 })
  const observed = page.getByRole('region', { name: 'Made by somebody else' })
  await expect(observed.getByText('Nothing on the hosts was changed.')).toBeVisible()
  await expect(page.getByText('not known').first()).toBeVisible()
  await takePictures(page, 'live-observed')
  expect(changesSince(before, await readHostFiles(standby))).toEqual([])

  await page.getByRole('link', { name: 'Take over…' }).first().click()
  await expect(page.getByRole('heading', { name: 'Take ledger over' })).toBeVisible()
  await page.getByLabel('The copying of files').uncheck()
  await expect(
    page.getByText('The break-glass kit would stop and start what is not Understudy’s'),
  ).toBeVisible()
  await page.getByLabel('The copying of files').check()
  await page.getByLabel('Reason').fill('It is ours from here on')
  await takePictures(page, 'adopt')
  await page.getByRole('button', { name: 'Take it over' }).click()
  await expect(page.getByText('Every step’s effect was seen by facts.')).toBeVisible({ timeout: 120_000 })
  await page.getByRole('link', { name: 'To ledger' }).click()
  await expect(stateOf(page)).toContainText(/Protected/, { timeout: 90_000 })
  await expect(observed).toHaveCount(0)
  expect(await primary.sql('select application_name from pg_stat_replication')).toBe('understudy_ledger')
})
