import type { Page } from 'playwright/test'
import type { LabHost } from '@/lab/lab-host'
import { expect, test } from './harness/fixtures'
import { pointer } from './harness/hands'
import { takePictures } from './harness/pictures'
import { setUp } from './harness/whole-story'

const card = (page: Page, role: 'Primary' | 'Standby') =>
  page.getByRole('region', { name: role, exact: true })

async function describe(page: Page, role: 'Primary' | 'Standby', host: { address: string; name: string }) {
  await card(page, role).getByLabel('Address').fill(host.address)
  await card(page, role).getByLabel('Name').fill(host.name)
}

async function recognise(page: Page, role: 'Primary' | 'Standby', host: LabHost) {
  await card(page, role)
    .getByRole('button', { name: `Read ${host.name}’s key` })
    .click()
  await card(page, role).getByLabel('I have compared it: it is this host’s').check()
}

test('each wrong answer about a host ends in a sentence that says what happened and what to do', async ({
  page,
  lab,
  dashboard,
}) => {
  const [primary, standby] = [lab.host(0), lab.host(1)]
  await setUp({ page, hands: pointer, dashboard, look: async () => undefined })
  await page.getByRole('link', { name: 'Create a standby' }).first().click()
  const goOn = page.getByRole('button', { name: 'Continue' })

  await describe(page, 'Primary', { address: 'primary.example.net', name: primary.name })
  await describe(page, 'Standby', standby)
  await goOn.click()
  await expect(card(page, 'Primary').getByText(/Give an IP address, not a host name/)).toBeVisible()
  await takePictures(page, 'bad-host-name')

  await describe(page, 'Primary', standby)
  await goOn.click()
  await expect(page.getByText('This is the primary: the standby must be another machine.')).toBeVisible()

  const nowhere = primary.address.replace(/\d+$/, '250')
  await describe(page, 'Primary', { address: nowhere, name: primary.name })
  await goOn.click()
  await card(page, 'Primary')
    .getByRole('button', { name: `Read ${primary.name}’s key` })
    .click()
  await expect(
    card(page, 'Primary')
      .getByText(new RegExp(nowhere.replaceAll('.', '\\.')))
      .last(),
  ).toBeVisible()
  await expect(card(page, 'Primary').getByRole('alert')).toBeVisible()
  await takePictures(page, 'bad-unreachable')

  await page.getByRole('button', { name: 'Back' }).click()
  await describe(page, 'Primary', primary)
  await goOn.click()
  await recognise(page, 'Primary', primary)
  const access = card(page, 'Primary')
  await access.getByRole('radio', { name: /^Password/ }).check()
  await access.getByRole('textbox', { name: 'Password' }).fill('not the password')
  await access.getByRole('button', { name: `Test access and register ${primary.name}` }).click()
  await expect(access.getByRole('alert')).toContainText(/password/i)
  await takePictures(page, 'bad-password')

  await access.getByRole('radio', { name: /^Private key/ }).check()
  await access.getByRole('textbox', { name: 'Private key' }).fill(await anotherKey(standby))
  await access.getByRole('button', { name: `Test access and register ${primary.name}` }).click()
  await expect(access.getByRole('alert')).toContainText(/key/i)

  await access.getByRole('textbox', { name: 'Private key' }).fill('not a key at all')
  await access.getByRole('button', { name: `Test access and register ${primary.name}` }).click()
  await expect(access.getByRole('alert')).toContainText(/key/i)

  await access.getByRole('textbox', { name: 'Private key' }).fill(primary.privateKey)
  await access.getByRole('button', { name: `Test access and register ${primary.name}` }).click()
  await expect(access.getByText('Registered, and shows the key that was confirmed')).toBeVisible()
})

/** A sound private key that no host knows. */
async function anotherKey(host: LabHost): Promise<string> {
  await host.exec("rm -f /tmp/k /tmp/k.pub && ssh-keygen -q -t ed25519 -N '' -f /tmp/k")
  return host.exec('cat /tmp/k')
}
