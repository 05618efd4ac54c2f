import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import type { HostRightsView } from '@/lib/domain/views'
import { type Dashboard, startDashboard } from '@/test/harness/dashboard'
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

test('what was typed the moment before a reload, or before another page was opened, is there again', async ({
  page,
  dashboard,
}) => {
  await begin(page, dashboard)
  await page.goto(`${dashboard.url}/pairs/new`)
  const name = page.getByRole('region', { name: 'Primary', exact: true }).getByLabel('Name')
  await name.fill('a')
  await expect(page).toHaveURL(/[?&]draft=/)
  await name.fill('alpha')
  await page.reload()
  await expect(name).toHaveValue('alpha')
  await name.fill('beta')
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Hosts' }).click()
  await expect(page.getByRole('heading', { name: 'Hosts', level: 1 })).toBeVisible()
  await page.goBack()
  await expect(name).toHaveValue('beta')
})

test('until its script has come the sign-in sends nothing, and what was typed by then is there', async ({
  page,
  browser,
  dashboard,
}) => {
  await begin(page, dashboard)
  const { email, password } = administrator
  const slow = await (await browser.newContext()).newPage()
  let come = () => {}
  const script = new Promise<void>((resolve) => {
    come = resolve
  })
  await slow.route(/\.js(\?|$)/, async (asked) => {
    await script
    await asked.continue()
  })
  const addresses: string[] = []
  slow.on('request', (request) => addresses.push(request.url()))
  await slow.goto(`${dashboard.url}/login`, { waitUntil: 'commit' })
  await slow.getByLabel('E-mail').fill(email)
  await slow.getByLabel('Password').fill(password)
  await slow.getByLabel('Password').press('Enter')
  await expect(slow.getByRole('button', { name: 'Sign in' })).toBeDisabled()
  come()
  await slow.getByRole('button', { name: 'Sign in' }).click()
  await expect(slow.getByRole('heading', { name: 'Pairs', level: 1 })).toBeVisible()
  expect(addresses.filter((address) => address.includes('password'))).toEqual([])
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

/** What the dashboard says of a login's rights, each state as the verb tells it. */
const rightsOf = (over: Partial<HostRightsView>): HostRightsView => ({
  slug: 'ledger',
  state: 'exact',
  sentence: 'As root operator may do on alpha what is written down for ledger.',
  fix: '',
  sudoers: 'operator ALL=(root) NOPASSWD: /usr/local/lib/understudy/understudy-root\n',
  installScript: '#!/bin/sh\nset -eu\n',
  removeScript: '#!/bin/sh\nrm -f -- /etc/understudy-rights/ledger\n',
  difference: '',
  ...over,
})

test('the hosts’ page says without being asked that a login’s rights are not what is needed; who may not act sees it too', async ({
  page,
  browser,
  dashboard,
}) => {
  await begin(page, dashboard)
  await seedPair(dashboard, 'ledger', {}, { user: 'operator', privilege: 'sudo' })
  const answer = async (on: Page, view: HostRightsView) => {
    await on.unrouteAll()
    await on.route('**/api/v1/hosts/*/rights', (asked) => asked.fulfill({ json: view }))
    await on.goto(`${dashboard.url}/hosts`)
  }
  const panel = (on: Page) => on.locator('summary', { hasText: 'What operator may do as root on alpha' })
  const opened = (on: Page) => on.locator('details', { has: panel(on) })
  await page.goto(`${dashboard.url}/hosts`)
  await panel(page).click()
  await expect(page.getByRole('alert').first()).toBeVisible()
  await expect(panel(page)).toContainText('not known')
  await answer(page, rightsOf({}))
  await expect(panel(page)).toContainText('installed, current')
  const changed = rightsOf({
    state: 'changed',
    sentence:
      'Somebody has changed what operator may do as root on alpha for ledger: it is not as it was installed.',
    fix: 'See what was changed, and by whom.',
    difference:
      '- = Unit ssh.service\n-   systemctl stop -- ssh.service\n+ = Unit ledger.service\n+   systemctl stop -- ledger.service',
  })
  await answer(page, changed)
  await expect(panel(page)).toContainText('changed by someone')
  await panel(page).click()
  await expect(opened(page).getByText('systemctl stop -- ssh.service')).toBeVisible()
  await takePictures(page, 'host-rights')
  await opened(page).getByRole('button', { name: 'Remove it…' }).click()
  const dialog = page.getByRole('alertdialog', { name: 'Take away what operator may do on alpha?' })
  await expect(dialog.getByText('rm -f -- /etc/understudy-rights/ledger')).toBeVisible()
  await page.keyboard.press('Escape')
  await opened(page).getByRole('button', { name: 'Install it now…' }).click()
  await expect(page.getByRole('alertdialog', { name: 'Install this on alpha?' })).toBeVisible()

  await page.unrouteAll()
  await page.goto(`${dashboard.url}/settings/users`)
  await page.getByLabel('Name').fill('Bo')
  await page.getByLabel('E-mail').fill('bo@example.net')
  await page.getByLabel('First password').fill('a first few plain words')
  await page.getByRole('button', { name: 'Add the user' }).click()
  await expect(page.getByText('Bo can sign in now.')).toBeVisible()
  const viewer = await (await browser.newContext()).newPage()
  await viewer.goto(`${dashboard.url}/login`)
  await viewer.getByLabel('E-mail').fill('bo@example.net')
  await viewer.getByLabel('Password').fill('a first few plain words')
  await viewer.getByRole('button', { name: 'Sign in' }).click()
  await expect(viewer.getByRole('heading', { name: 'Pairs', level: 1 })).toBeVisible()
  await answer(viewer, changed)
  await panel(viewer).click()
  await expect(opened(viewer).getByText('systemctl stop -- ssh.service')).toBeVisible()
  await expect(opened(viewer).getByText('An administrator can install or remove it.')).toBeVisible()
  await expect(viewer.getByRole('button', { name: /Install it|Remove it/ })).toHaveCount(0)
})

test('a profile that can’t be used stops nothing: start, wizard and the page of its pair say where it is to be mended', async ({
  page,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-profiles-'))
  const sound = await readFile('lib/profiles/generic-debian.yaml', 'utf8')
  const file = join(folder, 'mine.yaml')
  await writeFile(file, sound.replace('id: generic-debian', 'id: mine').replace('port: 5432', 'port: 99999'))
  const problem = `${file}:14:9: postgres.port must be at most 65535`
  const dashboard = await startDashboard({ variables: { UNDERSTUDY_PROFILES_DIR: folder } })
  try {
    expect(dashboard.output()).toContain(`A profile can’t be used: ${problem}.`)
    await begin(page, dashboard)
    await page.goto(`${dashboard.url}/pairs/new`)
    await expect(page.getByText('The profile “mine” can’t be used.')).toBeVisible()
    await expect(page.getByText(problem)).toBeVisible()
    await takePictures(page, 'profile-broken')
    const slug = await seedPair(dashboard, 'ledger', { profileId: 'mine' })
    await page.goto(`${dashboard.url}/pairs/${slug}`)
    await expect(page.getByText(`Nobody looks at this pair: The profile “mine” can’t be used`)).toBeVisible()
    await expect(page.getByText(`Mend ${file} and restart Understudy.`)).toBeVisible()
    await expect(page.getByText(/worker/)).toHaveCount(0)
    await takePictures(page, 'pair-without-profile')
  } finally {
    await dashboard.dispose()
    await rm(folder, { recursive: true, force: true })
  }
})
