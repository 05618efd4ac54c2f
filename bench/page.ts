import { chromium } from 'playwright'
import { pointer } from '@/e2e/harness/hands'
import { measurePage, scriptBudgetBytes } from '@/e2e/harness/page-figures'
import { seedPair } from '@/e2e/harness/seeded-pair'
import { setUp } from '@/e2e/harness/whole-story'
import { startDashboard } from '@/test/harness/dashboard'

/**
 * What a first visit to a pair's live page costs a browser: compressed script, and the time until it can be used, on this
 * machine against the built pages. `npx tsx bench/page.ts [visits]`
 */
const visits = Number(process.argv[2] ?? 7)
const interactiveBudgetMs = 1_000

const say = (text: string) => process.stdout.write(`${text}\n`)
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

const dashboard = await startDashboard()
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  const page = await browser.newPage()
  await setUp({ page, hands: pointer, dashboard, look: async () => undefined })
  const address = `${dashboard.url}/pairs/${await seedPair(dashboard, 'ledger')}`
  const cookies = await page.context().cookies()
  await page.close()
  // The server's own first answer is not the page's.
  await measurePage(browser, address, cookies)
  const found = []
  for (let visit = 0; visit < visits; visit += 1) found.push(await measurePage(browser, address, cookies))
  const [first] = found
  for (const { address: path, bytes } of first?.scripts ?? [])
    say(`${kilobytes(bytes).padStart(10)}  ${path}`)
  const bytes = Math.max(...found.map(({ scriptBytes }) => scriptBytes))
  const times = found.map(({ interactiveMs }) => interactiveMs).sort((one, other) => one - other)
  const median = times[Math.floor(times.length / 2)] ?? Number.NaN
  say(
    `script: ${kilobytes(bytes)}, budget ${kilobytes(scriptBudgetBytes)}, ratio ${(bytes / scriptBudgetBytes).toFixed(2)}`,
  )
  const cpu = found.map(({ rendererCpuMs }) => rendererCpuMs).sort((one, other) => one - other)
  say(`CPU of the page's process until then: median ${cpu[Math.floor(cpu.length / 2)]?.toFixed(0)} ms`)
  say(
    `interactive: median ${median.toFixed(0)} ms of ${times.length} (${times[0]?.toFixed(0)} to ${times.at(-1)?.toFixed(0)}), budget ${interactiveBudgetMs} ms, ratio ${(median / interactiveBudgetMs).toFixed(2)}`,
  )
} finally {
  await browser.close()
  await dashboard.dispose()
}
