import type { LabHost } from '@/lab/lab-host'
import { expect, test } from './harness/fixtures'
import { pointer } from './harness/hands'
import {
  awaitCreated,
  awaitPromoted,
  awaitWriting,
  type Story,
  setUp,
  startCreate,
  startPromote,
  stateOf,
} from './harness/whole-story'

const data = '/var/lib/postgresql/15/main'
const unit = 'postgresql@15-main'

/** The one thing that the page offers next. */
const nextOf = ({ page }: Story) =>
  page.getByRole('region', { name: 'What a failover would cost now, and what to do' }).getByRole('link')

const toPair = ({ page, dashboard }: Story) => page.goto(`${dashboard.url}/pairs/ledger`)

/** Presses what the page offers next, types what is asked for, gives a reason, and sees it succeed. */
async function follow(story: Story, label: string, choose: () => Promise<void> = async () => undefined) {
  const { page } = story
  await expect(nextOf(story)).toHaveText(label, { timeout: 60_000 })
  await nextOf(story).click()
  await expect(page.getByRole('heading', { name: 'What was found' })).toBeVisible()
  await choose()
  const words = page.getByLabel(/^Type /)
  if (await words.isVisible()) {
    const asked = await page
      .locator('label', { hasText: /^Type / })
      .locator('.font-mono')
      .textContent()
    await words.fill(asked ?? '')
  }
  await page.getByLabel('Reason').fill('The page offers it')
  const start = page.getByRole('button', { name: /^(Make|Fence|Resume) / })
  const done = page.getByText('Every step’s effect was seen by facts.')
  // A host that is just coming up may have changed since the plan: the page says so, and plans again.
  const again = page.getByRole('button', { name: 'Plan again' })
  await start.click()
  await expect(done.or(again)).toBeVisible({ timeout: 120_000 })
  if (await again.isVisible()) {
    await again.click()
    await expect(again).toBeHidden()
    await start.click()
  }
  await expect(done).toBeVisible({ timeout: 120_000 })
  await toPair(story)
}

const isIn = async ({ page }: Story, state: RegExp) =>
  expect(stateOf(page)).toContainText(state, { timeout: 90_000 })
const rePaired = async (story: Story) => {
  await follow(story, 'Make it a standby again…')
  await isIn(story, /Protected/)
}

async function isStandbyOf(standby: LabHost, primary: LabHost) {
  expect(await standby.sql('select status, sender_host from pg_stat_wal_receiver')).toBe(
    `streaming|${primary.address}`,
  )
}

test('from every state the pair comes back to protected by what its page offers next, and by nothing else', async ({
  page,
  lab,
  dashboard,
}) => {
  test.setTimeout(1_200_000)
  const story: Story = { page, hands: pointer, lab, dashboard, look: async () => undefined }
  const [one, other] = [lab.host(0), lab.host(1)]
  await setUp(story)
  await startCreate(story, 'ledger')
  await awaitCreated(story, 'ledger')
  await isIn(story, /Protected/)

  await test.step('disconnected: the standby’s PostgreSQL is stopped', async () => {
    await other.exec(`systemctl stop ${unit}`)
    await isIn(story, /Disconnected/)
    await rePaired(story)
  })

  await test.step('disconnected with its data damaged: it gets a copy', async () => {
    await other.exec(`systemctl stop ${unit}; rm ${data}/global/pg_control`)
    await isIn(story, /Disconnected/)
    await rePaired(story)
    await isStandbyOf(other, one)
  })

  await test.step('degraded: replay is paused by somebody', async () => {
    await other.sql('select pg_wal_replay_pause()')
    await isIn(story, /Degraded/)
    await follow(story, 'Resume…')
    await isIn(story, /Protected/)
  })

  await test.step('two primaries: somebody promoted the standby, and it is the one to fence', async () => {
    await other.sql('select pg_promote()')
    await isIn(story, /Two primaries/)
    await follow(story, 'Fence…')
    await isIn(story, /Unprotected/)
    await rePaired(story)
    await isStandbyOf(other, one)
  })

  await test.step('diverged: it was promoted and made a standby again', async () => {
    await other.sql('select pg_promote()')
    await other.exec(`systemctl stop ${unit}; runuser -u postgres -- touch ${data}/standby.signal`)
    await other.startPostgres()
    await isIn(story, /Diverged/)
    await rePaired(story)
    await isStandbyOf(other, one)
  })

  await test.step('no primary: the plug is pulled; then it comes back writable', async () => {
    await one.kill()
    await isIn(story, /No primary/)
    await startPromote(story, other)
    await awaitPromoted(story, other)
    await toPair(story)
    await isIn(story, /Unprotected/)
    await awaitWriting(other)
    await one.boot()
    await isIn(story, /Two primaries/)
    await follow(story, 'Fence…')
    await rePaired(story)
    await isStandbyOf(one, other)
  })

  await test.step('standby lost: the WAL that it needs is recycled', async () => {
    await one.exec(`systemctl stop ${unit}`)
    await other.sql('alter system set wal_keep_size = 0')
    await other.sql('select pg_reload_conf()')
    for (let segment = 0; segment < 3; segment += 1) {
      await other.sql('create table if not exists filler (line text)')
      await other.sql(
        'insert into filler select repeat(md5(line::text), 20) from generate_series(1, 20000) line',
      )
      await other.sql('select pg_switch_wal()')
      await other.sql('checkpoint')
    }
    await one.startPostgres()
    await isIn(story, /Standby lost/)
    await rePaired(story)
    await isStandbyOf(one, other)
  })

  await test.step('unprotected: somebody stopped the primary and promoted the standby by hand', async () => {
    await other.exec(`systemctl stop ledger; systemctl stop ${unit}`)
    await one.sql('select pg_promote()')
    await isIn(story, /Unprotected/)
    await rePaired(story)
    await isStandbyOf(other, one)
    await awaitWriting(one)
  })
})
