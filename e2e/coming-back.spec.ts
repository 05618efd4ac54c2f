import type { Page } from 'playwright/test'
import { verifyComesBack } from './harness/coming-back'
import { expect, test } from './harness/fixtures'
import { pointer } from './harness/hands'
import { awaitCreated, promoteStandby, type Story, setUp, startCreate, stateOf } from './harness/whole-story'

/** So slow that a create still runs while its page is come back to. */
const kbitPerSecond = 700

const createSteps = ['hosts', 'access', 'found', 'profile', 'preflight', 'plan', 'run', 'done']

/** The run of a wizard that has ended can be looked at again, and Back leads out to where the wizard was begun. */
async function verifyLeadsOut(page: Page) {
  const address = page.url()
  await page.getByRole('button', { name: /^Run/ }).click()
  await expect(page.getByRole('heading', { name: 'Steps' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'To ledger' })).toBeVisible()
  await page.goBack()
  await expect(page.getByRole('heading', { name: 'ledger has a standby' })).toBeVisible()
  const start = page.getByRole('heading', { name: 'Pairs', level: 1 })
  for (const _ of createSteps) if (!(await start.isVisible())) await page.goBack()
  await expect(start).toBeVisible()
  await page.goto(address)
  await expect(page.getByRole('heading', { name: 'ledger has a standby' })).toBeVisible()
}

test('each step of create and promote is found as it was left: reloaded, by Back and Forward, and in another browser; from its end Back leads out', async ({
  page,
  browser,
  lab,
  dashboard,
}) => {
  const [primary, standby] = [lab.host(0), lab.host(1)]
  const confirmed: Readonly<Record<string, string>> = {
    'create-plan': standby.name,
    'promote-loss': `promote ${standby.name} and accept the loss`,
  }
  const stepsSeen: string[] = []
  let hurry = async () => {}
  const look: Story['look'] = async (_page, name) => {
    if (!/^(create|promote)-/.test(name)) return
    // What is typed is found by the draft in the address, which is there once the first request was answered; a step by its name there,
    // which a page writes a moment after it has turned to it.
    const [, step = ''] = name.split('-', 2)
    if (name === 'create-hosts') await expect(page).toHaveURL(/[?&]draft=/)
    else if (!['known', 'run', 'done'].includes(step))
      await expect(page).toHaveURL(new RegExp(`[?&]step=${step}(&|$)`))
    await verifyComesBack(page, browser, /-(run|done)$/.test(name))
    if (name === 'create-done') await verifyLeadsOut(page)
    stepsSeen.push(name)
    const words = confirmed[name]
    if (words) await page.getByLabel(/^Type /).fill(words)
    if (name === 'create-plan') hurry = await standby.slowLink(kbitPerSecond)
    if (name === 'create-run') await hurry()
  }
  const story: Story = { page, hands: pointer, lab, dashboard, look }
  await setUp(story)
  await startCreate(story, 'ledger')
  await awaitCreated(story, 'ledger')
  await expect(stateOf(page)).toContainText(/Protected/, { timeout: 90_000 })
  await primary.kill()
  await expect(stateOf(page)).toContainText(/No primary/)
  await promoteStandby(story, standby)
  expect(stepsSeen).toEqual([
    ...createSteps.map((id) => `create-${id}`),
    ...['known', 'fence', 'loss', 'done'].map((id) => `promote-${id}`),
  ])
})
