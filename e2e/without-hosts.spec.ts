import type { Page } from 'playwright/test'
import type { Dashboard } from '@/test/harness/dashboard'
import { expect, test } from './harness/fixtures'
import { pointer } from './harness/hands'
import { measurePage, scriptBudgetBytes } from './harness/page-figures'
import { takePictures } from './harness/pictures'
import { seedPair } from './harness/seeded-pair'
import { setUp } from './harness/whole-story'

/** What needs no real hosts: pairs of addresses where nobody answers. */
const begin = (page: Page, dashboard: Dashboard) =>
  setUp({ page, hands: pointer, dashboard, look: async () => undefined })

test('the live page costs at most 200 kB of compressed script', async ({ page, browser, dashboard }) => {
  await begin(page, dashboard)
  const slug = await seedPair(dashboard, 'ledger')
  const address = `${dashboard.url}/pairs/${slug}`
  const { scriptBytes, interactiveMs } = await measurePage(browser, address, await page.context().cookies())
  test.info().annotations.push({ type: 'interactive after ms', description: String(interactiveMs) })
  expect(scriptBytes).toBeGreaterThan(50_000)
  expect(scriptBytes).toBeLessThanOrEqual(scriptBudgetBytes)
})

test('a pair that is removed in one browser is gone in the other at once, with a way back', async ({
  page,
  dashboard,
}) => {
  await begin(page, dashboard)
  const slug = await seedPair(dashboard, 'ledger', { isPaired: false })
  const other = await page.context().newPage()
  await other.goto(`${dashboard.url}/pairs/${slug}`)
  await expect(other.getByRole('heading', { name: slug, level: 1 })).toBeVisible()
  await page.goto(`${dashboard.url}/pairs/${slug}`)
  await page.getByRole('button', { name: 'Forget this pair…' }).click()
  const dialog = page.getByRole('alertdialog', { name: `Forget the pair ${slug}?` })
  await expect(dialog.getByRole('button', { name: 'Leave it' })).toBeFocused()
  await takePictures(page, 'forget-pair')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('button', { name: 'Forget this pair…' })).toBeFocused()
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Forget it' }).click()
  await expect(page.getByRole('heading', { name: 'Pairs', level: 1 })).toBeVisible()
  await expect(other.getByText(`${slug} is no longer a pair here`)).toBeVisible({ timeout: 2_000 })
  await takePictures(other, 'pair-gone')
  await other.getByRole('link', { name: 'To all pairs' }).click()
  await expect(other.getByRole('heading', { name: 'Pairs', level: 1 })).toBeVisible()
  await expect(other.getByRole('link', { name: slug, exact: true })).toHaveCount(0)
})

test('of two browsers on one wizard the second is told that the first has changed it, and can go on from there', async ({
  page,
  dashboard,
}) => {
  await begin(page, dashboard)
  await page.goto(`${dashboard.url}/pairs/new`)
  const address = (on: Page) => on.getByRole('region', { name: 'Primary', exact: true }).getByLabel('Address')
  await address(page).fill('10.0.0.1')
  await expect(page).toHaveURL(/[?&]draft=/)
  const other = await page.context().newPage()
  await other.goto(page.url())
  await expect(address(other)).toHaveValue('10.0.0.1')
  const kept = page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.ok())
  await address(page).fill('10.0.0.2')
  await kept
  await address(other).fill('10.0.0.3')
  await expect(other.getByText(/^Meanwhile .* has changed these answers/)).toBeVisible()
  await takePictures(other, 'draft-changed-meanwhile')
  await other.getByRole('button', { name: 'Load those answers' }).click()
  await expect(address(other)).toHaveValue('10.0.0.2')
  const keptThere = other.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.ok())
  await address(other).fill('10.0.0.4')
  await keptThere
  await expect(other.getByText(/^Meanwhile/)).toHaveCount(0)
})
