import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { awaitFact } from '@/lab/await-fact'
import type { LabHost } from '@/lab/lab-host'
import { haltWeb, killWorker } from '@/test/harness/dashboard'
import { refusePort } from '@/test/harness/preflight-faults/fault'
import { verifyComesBack } from './harness/coming-back'
import { expect, test } from './harness/fixtures'
import { pointer } from './harness/hands'
import { takePictures } from './harness/pictures'
import {
  awaitCreated,
  awaitPromoted,
  awaitWriting,
  readWritten,
  type Story,
  setUp,
  startCreate,
  startCreateAgain,
  startPromote,
  stateOf,
} from './harness/whole-story'

/** So slow that the packed copy takes longer than what is done to it meanwhile. */
const kbitPerSecond = 700

/** A worker has been started again and goes on, or heeds: how soon is measured where nothing else runs. */
const soonMs = 90_000

/** A step on the page of its operation, by its title. */
const step = (page: Page, title: string | RegExp) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) })
const copying = (page: Page) => step(page, /^Copy the database from /)

/** While it runs, its step shows the very command that its host has; how it is compressed was measured only then. */
async function verifyCommandShown(page: Page, standby: LabHost) {
  const running = await standby.exec('ps -ww -o args= -C pg_basebackup | head -n 1')
  expect(running).toMatch(/^\S+pg_basebackup -D \S+-copy /)
  const planned = running
    .replace(/--compress=\S+/, "--compress='<as measured>'")
    .replace(/ -d (host.*)$/, " -d '$1'")
  const commands = copying(page).locator('details', { hasText: /^Commands/ })
  await expect(commands.getByText(running.split(' ')[0] ?? '').first()).toBeHidden()
  await commands.locator('summary').click()
  await expect(commands.getByText(planned)).toBeVisible()
  await takePictures(page, 'operation-commands')
  await commands.locator('summary').click()
}

test('while a check is overridden, the worker killed, the cable cut, the copy killed and a create cancelled, its page says what happens and leads back to what was; then it is created after all', async ({
  page,
  lab,
  dashboard,
}) => {
  const story: Story = { page, hands: pointer, lab, dashboard, look: async () => undefined }
  const standby = lab.host(1)
  const entries = 'select count(*), md5(string_agg(sha256, id::text order by id)) from entries'
  const before = await standby.sql(entries)
  await setUp(story)
  // The way back by SSH is closed: that matters only when the roles have turned, and is overridden.
  const open = await refusePort(standby, 22, lab.host(0).address)
  const reason = 'The firewall is opened on Monday'
  await startCreate(story, 'ledger', { override: { title: 'Primary reaches the standby’s SSH', reason } })
  const hurry = await standby.slowLink(kbitPerSecond)
  await expect(page.getByText(new RegExp(`overrode ssh-port-back .*: ${reason}`))).toBeVisible()
  await open()

  await expect(copying(page)).toContainText(/MB of/, { timeout: 60_000 })
  await killWorker(dashboard.dataDirectory)
  await expect(copying(page)).toContainText('Begun 2 times.', { timeout: soonMs })
  await takePictures(page, 'operation-taken-over')

  const heal = await standby.cut()
  await expect(
    copying(page).getByText(new RegExp(`^The connection to ${standby.name} .* was lost\\.$`)),
  ).toBeVisible({ timeout: 20_000 })
  await takePictures(page, 'operation-host-silent')
  await heal()
  await expect(copying(page).getByText(`${standby.name} answers again.`, { exact: true })).toBeVisible({
    timeout: 30_000,
  })

  await standby.exec('pkill -KILL -x pg_basebackup')
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible({ timeout: 30_000 })
  await expect(copying(page).getByText(/^The base backup on .* resume: it is begun anew/)).toBeVisible()
  await takePictures(page, 'operation-failed')
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(copying(page)).toContainText(/MB of/, { timeout: 60_000 })
  await verifyCommandShown(page, standby)

  await page.getByRole('button', { name: 'Cancel…' }).click()
  await page.getByRole('button', { name: 'Cancel it' }).click()
  await page.getByRole('button', { name: 'Undo…' }).click({ timeout: soonMs })
  await takePictures(page, 'operation-undo')
  await page.getByRole('button', { name: 'Undo it' }).click()
  await expect(page.getByText('Everything that it did has been taken back.')).toBeVisible({ timeout: 60_000 })
  await takePictures(page, 'operation-undone')
  expect(await standby.sql(entries)).toBe(before)

  await hurry()
  await page.getByRole('link', { name: 'To ledger' }).click()
  const look: Story['look'] = (_page, name) => whenPlanned(name, page, lab.host(0))
  await startCreateAgain({ ...story, look })
  await awaitCreated(story, 'ledger')
  await expect(stateOf(page)).toContainText(/Protected/, { timeout: 90_000 })
})

/** The primary is set otherwise while the plan is open: nothing starts until what would run now was shown. */
async function whenPlanned(name: string, page: Page, primary: LabHost) {
  if (name !== 'create-plan') return
  await primary.sql("alter system set wal_keep_size = '512MB';\nselect pg_reload_conf()")
  await page.getByRole('button', { name: 'Create the standby' }).click()
  const refusal = page.getByText(`“Set how much WAL ${primary.name} keeps” would run something else now.`)
  await expect(refusal).toBeVisible()
  await takePictures(page, 'create-plan-changed')
  await page.getByRole('button', { name: 'Plan again' }).click()
  await expect(refusal).toHaveCount(0)
}

/** The built-in profile with a hook that tells each of its runs, waits for a file, and fails while there is another. */
const hookTest = test.extend({
  variables: async ({ browserName: _ }, use) => {
    const directory = await mkdtemp(join(tmpdir(), 'understudy-profiles-'))
    const sound = await readFile(new URL('../lib/profiles/generic-debian.yaml', import.meta.url), 'utf8')
    const title = `title: ${hookedProfile}`
    const hooked = sound.replace(/^id: .*$/m, 'id: with-a-hook').replace(/^title: .*$/m, title)
    const hook = `{ id: move-address, title: Move the address, command: ${hookPath}, timeoutSeconds: 300 }`
    await writeFile(join(directory, 'with-a-hook.yaml'), `${hooked}\nhooks:\n  promoted:\n    - ${hook}\n`)
    await use({ UNDERSTUDY_PROFILES_DIR: directory })
    await rm(directory, { recursive: true })
  },
})
const hookedProfile = 'Application with a hook'
const hookPath = '/usr/local/bin/move-address'
const hookScript = `#!/bin/sh
echo "$UNDERSTUDY_PRIMARY" >> /run/moved-to
echo "moving the address to $UNDERSTUDY_PRIMARY"
until [ -e /run/name-server-answers ]; do sleep 0.2; done
if [ -e /run/name-server-refuses ]; then echo "the name server refuses"; exit 1; fi
echo moved
`

hookTest(
  'while the worker is killed in a promotion and a hook fails, its page says what happens, that the standby serves, and leads on to the end',
  async ({ page, browser, lab, dashboard }) => {
    const story: Story = { page, hands: pointer, lab, dashboard, look: async () => undefined }
    const [primary, standby] = [lab.host(0), lab.host(1)]
    await standby.exec(`cat > ${hookPath} && chmod 755 ${hookPath}`, { input: hookScript })
    await standby.exec('touch /run/name-server-refuses')
    await setUp(story)
    await startCreate(story, 'ledger', { profile: hookedProfile })
    await awaitCreated(story, 'ledger')
    await expect(stateOf(page)).toContainText(/Protected/, { timeout: 90_000 })
    const written = await readWritten(primary)
    await primary.kill()
    await expect(stateOf(page)).toContainText(/No primary/)
    await startPromote(story, standby)

    const hook = step(page, 'Hook: Move the address')
    const said = `moving the address to ${standby.address}`
    await expect(hook.getByRole('paragraph').filter({ hasText: said })).toBeVisible({ timeout: 60_000 })
    await killWorker(dashboard.dataDirectory)
    await expect(hook).toContainText('Begun 2 times.', { timeout: soonMs })
    await expect(hook.getByRole('paragraph').filter({ hasText: said })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Cancel…' })).toBeDisabled()
    await takePictures(page, 'promotion-taken-over')
    await verifyComesBack(page, browser, true)
    await awaitWriting(standby)

    await standby.exec('touch /run/name-server-answers')
    await expect(
      page.getByText(`The hook “Move the address” ended with exit code 1 on ${standby.name}.`),
    ).toHaveCount(2)
    await expect(
      page
        .getByText(`${standby.name} is promoted and serves; mend the hook, then resume: it is run again.`)
        .first(),
    ).toBeVisible()
    await expect(page.getByRole('button', { name: 'Undo…' })).toBeDisabled()
    await expect(page.getByText(/cannot be taken back: resume it instead\.$/)).toBeVisible()
    await expect(hook.getByText('Said last: the name server refuses')).toBeVisible()
    expect(await standby.exec('wc -l < /run/moved-to')).toBe('1')
    await takePictures(page, 'promotion-hook-failed')
    await verifyComesBack(page, browser, true)

    // Its end comes while the page hears nothing: it must not wait for it for ever.
    await standby.exec('rm /run/name-server-refuses /run/name-server-answers')
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect(hook).toContainText('Begun 3 times.')
    const goOn = await haltWeb(dashboard.dataDirectory)
    await standby.exec('touch /run/name-server-answers')
    await awaitFact('the end in the host’s own record', async () =>
      (await standby.exec('cat /var/log/ledger/warm_standby.log')).includes(
        '== promote of ledger: succeeded',
      ),
    )
    await expect(page.getByText('The connection to the dashboard is lost.')).toBeVisible()
    await takePictures(page, 'promotion-unheard')
    await goOn()
    await awaitPromoted(story, standby)
    expect(await standby.exec('wc -l < /run/moved-to')).toBe('2')
    const rows = await standby.sql(`select count(*) from entries where id <= ${written.lastId}`)
    expect(Number(rows)).toBe(written.rows)
    await page.getByRole('link', { name: 'Watch it live' }).click()
    await expect(stateOf(page)).toContainText(/Unprotected/)
  },
)
