import type { Page } from 'playwright/test'
import type { Dashboard } from '@/test/harness/dashboard'
import { expect, test } from './harness/fixtures'
import { pointer } from './harness/hands'
import { measurePage, scriptBudgetBytes } from './harness/page-figures'
import { takePictures } from './harness/pictures'
import { seedPair } from './harness/seeded-pair'
import { administrator, setUp } from './harness/whole-story'

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

test('a user changes the password, which ends the other sessions; an administrator helps who has forgotten theirs', async ({
  page,
  browser,
  dashboard,
}) => {
  await begin(page, dashboard)
  const phone = await (await browser.newContext()).newPage()
  const signIn = async (on: Page, email: string, password: string) => {
    await on.goto(`${dashboard.url}/login`)
    await on.getByLabel('E-mail').fill(email)
    await on.getByLabel('Password').fill(password)
    await on.getByRole('button', { name: 'Sign in' }).click()
  }
  const { email, password } = administrator
  await signIn(phone, email, password)
  await expect(phone.getByRole('heading', { name: 'Pairs', level: 1 })).toBeVisible()

  await page.getByRole('button', { name: /^Your menu/ }).click()
  await page.getByRole('link', { name: 'Your account' }).click()
  await expect(page.getByText('(this one)')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Sign out everywhere else…' })).toBeVisible()
  await page.getByLabel('The one you have now').fill('not this one')
  await page.getByLabel('The new one').fill('another few plain words')
  await page.getByRole('button', { name: 'Change the password' }).click()
  await expect(page.getByText('Not your password.', { exact: true })).toBeVisible()
  await takePictures(page, 'account')
  await page.getByLabel('The one you have now').fill(password)
  await page.getByRole('button', { name: 'Change the password' }).click()
  await expect(page.getByText('The password is changed.')).toBeVisible()
  await expect(page.getByText('Nowhere else.')).toBeVisible()
  await phone.reload()
  await expect(phone.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
  await signIn(phone, email, password)
  await expect(phone.getByText('do not belong together')).toBeVisible()
  await takePictures(phone, 'login-refused')

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Users' }).click()
  await page.getByLabel('Name').fill('Bo')
  await page.getByLabel('E-mail').fill('bo@example.net')
  await page.getByLabel('First password').fill('short')
  await page.getByRole('button', { name: 'Add the user' }).click()
  await expect(page.getByLabel('First password')).toBeFocused()
  await page.getByLabel('First password').fill('a first few plain words')
  await page.getByRole('button', { name: 'Add the user' }).click()
  await expect(page.getByText('Bo can sign in now.')).toBeVisible()
  await page.getByText('Bo has forgotten the password').click()
  await page.getByLabel('Another password for Bo').fill('a second few plain words')
  await takePictures(page, 'users-forgotten')
  await page.getByRole('button', { name: 'Set this password' }).click()
  await expect(page.getByText('Bo can sign in with it now.')).toBeVisible()
  await signIn(phone, 'bo@example.net', 'a second few plain words')
  await expect(phone.getByRole('heading', { name: 'Pairs', level: 1 })).toBeVisible()
  await takePictures(phone, 'pairs-viewer')
})
