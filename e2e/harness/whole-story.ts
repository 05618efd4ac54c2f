import { readFile } from 'node:fs/promises'
import { expect, type Page } from 'playwright/test'
import { awaitFact } from '@/lab/await-fact'
import type { Lab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { Dashboard } from '@/test/harness/dashboard'
import { worldOf } from '@/test/harness/lab-worlds'
import type { Hands } from './hands'

export type Story = {
  /** Called at each page of the story, with its name. */
  readonly look: (page: Page, name: string) => Promise<void>
  readonly page: Page
  readonly hands: Hands
  readonly lab: Lab
  readonly dashboard: Dashboard
}

export const administrator = { name: 'Mara Ruiz', email: 'mara@example.net', password: 'a few plain words' }

/** First run: the one-time address, then the first administrator. */
export async function setUp({ page, hands, dashboard, look }: Omit<Story, 'lab'>) {
  await page.goto(`${dashboard.url}/setup?code=${dashboard.setupCode}`)
  await look(page, 'setup')
  await hands.fill(page.getByLabel('Your name'), administrator.name)
  await hands.fill(page.getByLabel('E-mail'), administrator.email)
  await hands.fill(page.getByLabel('Password'), administrator.password)
  await hands.press(page.getByRole('button', { name: 'Become the first administrator' }))
  await expect(page.getByRole('heading', { name: 'Pairs', level: 1 })).toBeVisible()
  await look(page, 'pairs-empty')
}

async function describeHost({ page, hands }: Story, role: 'Primary' | 'Standby', host: LabHost) {
  const card = page.getByRole('region', { name: role, exact: true })
  await hands.fill(card.getByLabel('Address'), host.address)
  await hands.fill(card.getByLabel('Name'), host.name)
  await hands.fill(card.getByLabel('SSH user'), host.layoutName === 'debian' ? 'root' : worldOf(host).user)
}

async function proveAccess({ page, hands }: Story, role: 'Primary' | 'Standby', host: LabHost) {
  const card = page.getByRole('region', { name: role, exact: true })
  await hands.press(card.getByRole('button', { name: `Read ${host.name}’s key` }))
  await expect(card.getByText(host.hostKeyFingerprint)).toBeVisible()
  await hands.tick(card.getByLabel('I have compared it: it is this host’s'))
  await hands.fill(card.getByRole('textbox', { name: 'Private key' }), host.privateKey)
  await hands.press(card.getByRole('button', { name: `Test access and register ${host.name}` }))
  await expect(card.getByText('Registered, and shows the key that was confirmed')).toBeVisible()
}

const goOn = async ({ page, hands }: Story) => hands.press(page.getByRole('button', { name: 'Continue' }))
const heading = ({ page }: Story, name: string | RegExp) =>
  expect(page.getByRole('heading', { name, level: 2 })).toBeVisible()

/** A failed check that is gone on with all the same. */
type Override = { readonly title: string; readonly reason: string }

/** The preflight says what fails, and stays closed until a reason is given. */
async function overrideCheck({ page, hands, look }: Story, { title, reason }: Override) {
  await expect(page.getByText('Mend what failed, then check again; or override it')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Continue' })).toBeDisabled()
  await look(page, 'create-preflight-failed')
  await hands.fill(page.getByLabel(`Override “${title}”`), reason)
}

/** The create wizard from its first page to what it finds on both hosts. */
export async function lookAtHosts(story: Story) {
  const { page, hands, lab, look } = story
  await hands.press(page.getByRole('link', { name: 'Create a standby' }).first())
  await describeHost(story, 'Primary', lab.host(0))
  await describeHost(story, 'Standby', lab.host(1))
  await look(page, 'create-hosts')
  await goOn(story)
  await proveAccess(story, 'Primary', lab.host(0))
  await proveAccess(story, 'Standby', lab.host(1))
  await look(page, 'create-access')
  await goOn(story)
  await expect(page.getByRole('table', { name: 'What was found on both hosts' })).toBeVisible()
}

/**
 * The create wizard from its first page to the click that starts it, while the application writes; `profile` is the title of
 * another one than is proposed, `override` the one check that fails and is gone on with.
 */
export async function startCreate(
  story: Story,
  slug: string,
  { profile, override }: { profile?: string; override?: Override } = {},
) {
  const { page, hands, look } = story
  await lookAtHosts(story)
  await look(page, 'create-found')
  if (profile) await page.getByLabel('Looked at as').selectOption(profile)
  await goOn(story)
  await hands.fill(page.getByLabel('Name of the pair'), slug)
  await look(page, 'create-profile')
  await startPlanned(story, override)
}

/** From profile and scope on: the checks, the plan, its words, and the click. */
async function startPlanned(story: Story, override?: Override) {
  const { page, hands, lab, look } = story
  await goOn(story)
  if (override) await overrideCheck(story, override)
  await expect(page.getByRole('button', { name: 'Continue' })).toBeEnabled()
  await look(page, 'create-preflight')
  await goOn(story)
  await typeWords(story, lab.host(1).name)
  await hands.fill(page.getByLabel('Reason'), 'First standby of the ledger')
  await look(page, 'create-plan')
  await hands.press(page.getByRole('button', { name: 'Create the standby' }))
}

const typeWords = ({ page, hands }: Story, words: string) => hands.fill(page.getByLabel(/^Type /), words)

/** The same for a pair whose create was undone, from its own page: every answer is there already. */
export async function startCreateAgain(story: Story) {
  const { page, hands } = story
  await hands.press(page.getByRole('link', { name: 'Create the standby…' }))
  await heading(story, 'Which two hosts?')
  await goOn(story)
  await expect(page.getByText('Registered, and shows the key that was confirmed')).toHaveCount(2)
  await goOn(story)
  await expect(page.getByRole('table', { name: 'What was found on both hosts' })).toBeVisible()
  await goOn(story)
  await heading(story, 'What is protected, and how')
  await startPlanned(story)
}

/** The rest of the wizard, from its running steps to the live page. */
export async function awaitCreated({ page, hands, look }: Story, slug: string) {
  const running = page.getByRole('heading', { name: /^(Creating the standby|The standby is there)$/ })
  await expect(running).toBeVisible()
  await look(page, 'create-run')
  await expect(page.getByRole('heading', { name: `${slug} has a standby` })).toBeVisible({ timeout: 120_000 })
  await look(page, 'create-done')
  await hands.press(page.getByRole('link', { name: 'Watch it live' }))
  await expect(page.getByRole('heading', { name: slug, level: 1 })).toBeVisible()
}

/** Signs in where the page asks for it. */
export async function signIn({ page, hands }: Story) {
  await hands.fill(page.getByLabel('E-mail'), administrator.email)
  await hands.fill(page.getByLabel('Password'), administrator.password)
  await hands.press(page.getByRole('button', { name: 'Sign in' }))
}

/** The state as the page tells it, beside the pair's name. */
export const stateOf = (page: Page) => page.getByRole('heading', { level: 1 }).locator('xpath=..')

/** What the application had written, as its database said it at one moment. */
export type Written = { readonly lastId: number; readonly rows: number }

export async function readWritten(host: LabHost): Promise<Written> {
  const [lastId, rows] = (await host.sql("SELECT max(id) || ' ' || count(*) FROM entries"))
    .split(' ')
    .map(Number)
  return { lastId: lastId ?? 0, rows: rows ?? 0 }
}

/** Every row that was there, without a gap, and each row's file with its checksum where the last sync had seen it. */
export async function verifyNothingLost(host: LabHost, written: Written, syncedUpToId: number) {
  const rows = Number(await host.sql(`SELECT count(*) FROM entries WHERE id <= ${written.lastId}`))
  expect(rows, 'rows of the application on the promoted host').toBe(written.rows)
  const list = await host.sql(
    `SELECT sha256 || '  ' || file FROM entries WHERE id <= ${syncedUpToId} ORDER BY id`,
  )
  const checked = await host.exec(`cd ${worldOf(host).vault} && sha256sum --quiet -c - && echo all-there`, {
    input: `${list}\n`,
  })
  expect(checked).toContain('all-there')
}

/** Waits for the next scheduled sync of the vault that began after row `id` was written; returns that id. */
export async function awaitSyncedVault(standby: LabHost, id: number): Promise<number> {
  const since = Number(await standby.exec('date +%s'))
  await awaitFact(
    'a sync of the vault by cron',
    async () => {
      const run: { start: string; result: string } = JSON.parse(
        await standby.exec('tail -n 1 /var/lib/understudy/ledger/runs/vault.jsonl'),
      )
      return run.result === 'ok' && Date.parse(run.start) / 1000 >= since
    },
    { timeoutMs: 75_000, everyMs: 500 },
  )
  return id
}

/** From the live page to the vault's own log, which shows what rsync said, and back. */
export async function readVaultLog({ page, hands, look }: Story, slug: string) {
  await hands.press(page.getByRole('link', { name: 'rsync_vault.log' }))
  await expect(page.getByText(/: ok \(\d+ files, \d+ bytes/).first()).toBeVisible()
  await look(page, 'logs')
  await findInWholeLog({ page, hands, look })
  await hands.press(page.getByRole('main').getByRole('link', { name: slug, exact: true }))
  await expect(page.getByRole('heading', { name: slug, level: 1 })).toBeVisible()
}

/** Searches the whole file, goes to a match, reads on from there, and comes back to the end. */
async function findInWholeLog({ page, hands, look }: Pick<Story, 'page' | 'hands' | 'look'>) {
  await hands.fill(page.getByLabel('Search'), 'vault: OK')
  const whole = page.getByRole('region', { name: 'In the whole file' })
  await hands.press(whole.getByRole('button', { name: 'Search the whole file' }))
  await expect(whole.getByRole('status')).toContainText(/lines? of the whole file match/)
  const match = whole.getByRole('listitem').getByRole('button').first()
  const text = (await match.textContent()) ?? ''
  await hands.press(match)
  await expect(page.locator('p[aria-current=true]')).toHaveText(text)
  await look(page, 'logs-place')
  await hands.press(page.getByRole('button', { name: 'Follow', exact: true }))
  await expect(page.locator('p[aria-current=true]')).toHaveCount(0)
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    hands.press(page.getByRole('link', { name: 'Download' })),
  ])
  expect(saved.suggestedFilename()).toMatch(/-rsync_vault\.log$/)
  expect(await readFile(await saved.path(), 'utf8')).toContain(text)
}

/** Waits until the application on this host writes again. */
export async function awaitWriting(host: LabHost) {
  const before = (await readWritten(host)).lastId
  await awaitFact('the application writes', async () => (await readWritten(host)).lastId > before, {
    timeoutMs: 30_000,
  })
}

/** What the page saves when this button is pressed. */
async function downloadOf({ page, hands }: Pick<Story, 'page' | 'hands'>, button: string) {
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    hands.press(page.getByRole('button', { name: button, exact: true })),
  ])
  return { fileName: saved.suggestedFilename(), text: await readFile(await saved.path(), 'utf8') }
}

/** The promote wizard, from the page's own next action to the click that starts it. */
export async function startPromote(story: Story, standby: LabHost) {
  const { page, hands, look } = story
  await hands.press(page.getByRole('link', { name: /^Promote/ }).first())
  await heading(story, 'What is known now')
  await look(page, 'promote-known')
  await goOn(story)
  await heading(story, 'Can the old primary come back?')
  await look(page, 'promote-fence')
  await goOn(story)
  await typeWords(story, `promote ${standby.name} and accept the loss`)
  await hands.fill(page.getByLabel('Reason'), 'Power failure in rack 4')
  await look(page, 'promote-loss')
  const runbook = await downloadOf(story, 'Runbook')
  expect(runbook.fileName).toMatch(/^promote-.+-runbook\.md$/)
  expect(runbook.text).toContain(`To be typed first: “promote ${standby.name} and accept the loss”`)
  expect(runbook.text).toMatch(/^- Last commit that the standby replayed: \d{4}-.+Z$/m)
  expect(runbook.text).toMatch(/^- Primary: at [0-9A-F]+\/[0-9A-F]+, as seen /m)
  await hands.press(page.getByRole('button', { name: `Promote ${standby.name}` }))
}

/** The rest of that wizard, to "is primary". */
export async function awaitPromoted({ page, look }: Story, standby: LabHost) {
  await expect(page.getByRole('heading', { name: `${standby.name} is primary` })).toBeVisible({
    timeout: 90_000,
  })
  await look(page, 'promote-done')
}

export async function promoteStandby(story: Story, standby: LabHost) {
  await startPromote(story, standby)
  await awaitPromoted(story, standby)
}

/** The former primary has come back writable: seen at once, and fenced from the page's own next action. */
export async function fenceFormer(story: Story, former: LabHost) {
  const { page, hands, look } = story
  await expect(stateOf(page)).toContainText(/Two primaries/, { timeout: 30_000 })
  await look(page, 'live-two-primaries')
  await hands.press(page.getByRole('link', { name: 'Fence…' }))
  await expect(page.getByRole('heading', { name: 'What was found' })).toBeVisible()
  await hands.fill(page.getByLabel('Reason'), 'It came back with the power')
  await look(page, 'fence')
  await hands.press(page.getByRole('button', { name: `Fence ${former.name}` }))
  await expect(page.getByText('Every step’s effect was seen by facts.')).toBeVisible({ timeout: 60_000 })
  const report = await downloadOf(story, 'Report')
  expect(report.fileName).toMatch(/^fence-.+\.md$/)
  expect(report.text).toContain('- Reason: It came back with the power')
  expect(report.text).toMatch(/^- Before, .+: \S+: timeline 1, written up to [0-9A-F]+\/[0-9A-F]+/m)
  expect(report.text).toMatch(/^- Then: PostgreSQL on \S+ is stopped .*last checkpoint [0-9A-F]+\/[0-9A-F]+/m)
}
