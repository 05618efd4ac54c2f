import { expect, test } from './harness/fixtures'
import { pointer } from './harness/hands'
import { takePictures } from './harness/pictures'
import { seedLabPair } from './harness/seeded-pair'
import { setUp } from './harness/whole-story'

test('a rotated password and another user are given on the page of hosts, which says what else they need', async ({
  page,
  lab,
  dashboard,
}) => {
  const host = lab.host(0)
  await setUp({ page, hands: pointer, dashboard, look: async () => undefined })
  await seedLabPair(dashboard, lab, 'ledger')
  await page.goto(`${dashboard.url}/hosts`)
  const item = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: host.name }) })
  const open = item.getByRole('button', { name: `Change the access to ${host.name}` })
  const form = page.getByRole('form', { name: `Access to ${host.name}` })
  const submit = form.getByRole('button', { name: 'Test access and change it' })
  const rights = item.locator('summary', { hasText: 'may do as root' })
  await expect(rights).toContainText('everything is permitted')

  await host.exec('chpasswd', { input: 'operator:another pass-word\n' })
  await open.click()
  await expect(open).toHaveAttribute('aria-expanded', 'true')
  await expect(submit).toBeDisabled()
  await expect(form.getByText('Give the password first.')).toBeVisible()
  await form.getByLabel('As now').check()
  await expect(form.getByText('Nothing is changed yet.')).toBeVisible()
  await form.getByRole('radio', { name: /^Password/ }).check()
  await form.getByRole('textbox', { name: 'Password' }).fill('not-the-pass-word')
  await submit.click()
  await expect(form.getByRole('alert')).toContainText('does not accept this password for the user operator')
  await takePictures(page, 'host-access-refused')
  await form.getByRole('textbox', { name: 'Password' }).fill('another pass-word')
  await submit.click()
  await expect(item.getByRole('status').filter({ hasText: 'is changed' })).toHaveText(
    `The access to ${host.name} is changed.`,
  )
  await expect(form).toHaveCount(0)
  await expect(open).toBeFocused()

  await open.click()
  await form.getByLabel('Address').fill('db1.example.org')
  await form.getByLabel('As now').check()
  await submit.click()
  await expect(form.getByLabel('Address')).toBeFocused()
  await expect(form.getByText(/Give an IP address, not a host name/)).toBeVisible()
  await form.getByLabel('Address').fill(lab.host(1).address)
  await expect(form.getByText('What this does not change')).toBeVisible()
  await submit.click()
  await expect(form.getByRole('alert')).toContainText('shows the host key')
  await form.getByLabel('Address').fill(host.address)
  await expect(form.getByRole('alert')).toHaveCount(0)
  await form.getByLabel('SSH user').fill('plain')
  await expect(form.getByText(/What operator may do as root .* is no right of plain/)).toBeVisible()
  await form.getByRole('radio', { name: /^Password/ }).check()
  await form.getByRole('textbox', { name: 'Password' }).fill(host.passwords.plain ?? '')
  await takePictures(page, 'host-access-form')
  await submit.click()
  await expect(item.getByRole('status').filter({ hasText: 'is changed' })).toContainText(
    `understudy hosts sudoers ${host.name} --pair ledger`,
  )
  await expect(item.getByText(`plain@${host.address}:22`)).toBeVisible()
  await expect(rights).toContainText('missing')
  await takePictures(page, 'host-access-changed')
  await page.reload()
  await expect(item.getByText(`plain@${host.address}:22`)).toBeVisible()
  await expect(rights).toContainText('missing')
})

test('what a login needs as root is shown, installed by a click, taken by visudo on the host, and removed by another', async ({
  page,
  lab,
  dashboard,
}) => {
  const host = lab.host(1)
  const fragment = '/etc/sudoers.d/understudy-operator'
  await setUp({ page, hands: pointer, dashboard, look: async () => undefined })
  await seedLabPair(dashboard, lab, 'ledger')
  await page.goto(`${dashboard.url}/hosts`)
  const summary = page.locator('summary', { hasText: `What operator may do as root on ${host.name}` })
  const panel = page.locator('details', { has: summary })
  await expect(summary).toContainText('everything is permitted')
  await summary.click()
  const shown = await panel
    .locator('code', { hasText: /^operator ALL=/m })
    .first()
    .textContent()
  await panel.getByRole('button', { name: 'Install it now…' }).click()
  await page
    .getByRole('alertdialog', { name: `Install this on ${host.name}?` })
    .getByRole('button', { name: 'Install it' })
    .click()
  await expect(summary).toContainText('installed, current', { timeout: 30_000 })
  await expect(panel.getByRole('alert')).toHaveCount(0)
  expect(await host.exec('visudo -c')).toContain(`${fragment}: parsed OK`)
  expect(await host.exec(`stat -c '%U %a' ${fragment}`)).toBe('root 440')
  expect((await host.exec(`cat ${fragment}`)).trim()).toBe(shown?.trim())
  await takePictures(page, 'host-rights-installed')
  await page.reload()
  await expect(summary).toContainText('installed, current')

  await summary.click()
  await panel.getByRole('button', { name: 'Remove it…' }).click()
  await page
    .getByRole('alertdialog', { name: `Take away what operator may do on ${host.name}?` })
    .getByRole('button', { name: 'Take it away' })
    .click()
  await expect(summary).toContainText('everything is permitted', { timeout: 30_000 })
  expect(await host.exec(`visudo -c; ls ${fragment} 2>/dev/null || echo gone`)).toMatch(/gone$/)
})
