import { readFile } from 'node:fs/promises'
import { type Browser, chromium, type Page } from 'playwright'
import { logId } from '@/bench/logs/log-file'
import { pointer } from '@/e2e/harness/hands'
import { seedLabPair } from '@/e2e/harness/seeded-pair'
import { setUp } from '@/e2e/harness/whole-story'
import { awaitFact } from '@/lab/await-fact'
import type { Lab } from '@/lab/lab'
import type { LogChunk } from '@/lib/domain/views'
import { type Dashboard, processesOf } from '@/test/harness/dashboard'

const slug = 'ledger'

/** Somebody who reads the pair's log on its standby, by HTTP and in a browser. */
export type Reader = {
  readonly page: Page
  /** Address of the page that shows the log. */
  readonly address: string
  /** The API's answer; `path` begins behind the log's own. Throws where it is no success. */
  ask(path: string): Promise<Response>
  /** A piece of the log. */
  read(piece: { readonly offset: number; readonly file: string | null }): Promise<LogChunk>
  /** Memory of the process that serves the pages, bytes. */
  webBytes(): Promise<number>
  close(): Promise<void>
}

/** Process id of what serves the pages of the dashboard with this data directory. */
async function findWeb(directory: string): Promise<number> {
  for (const pid of await processesOf(directory))
    if ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).startsWith('next-server')) return pid
  throw new Error('nothing serves the pages')
}

async function residentBytes(pid: number): Promise<number> {
  const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}

async function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
}

export async function signIn(dashboard: Dashboard, lab: Lab): Promise<Reader> {
  await seedLabPair(dashboard, lab, slug)
  const browser = await launch()
  const page = await browser.newPage()
  await setUp({ page, hands: pointer, dashboard, look: async () => undefined })
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  const web = await findWeb(dashboard.dataDirectory)
  const ask = async (path: string) => {
    const url = `${dashboard.url}/api/v1/pairs/${slug}/logs/${logId}${path}`
    const response = await fetch(url, { headers: { cookie } })
    if (!response.ok) throw new Error(`${url}: ${response.status}: ${await response.text()}`)
    return response
  }
  return {
    page,
    address: `${dashboard.url}/pairs/${slug}/logs?directory=${logId}`,
    ask,
    async read({ offset, file }) {
      const ofFile = file === null ? '' : `&file=${file}`
      const response = await ask(`?host=standby&offset=${offset}&limit=65536${ofFile}`)
      return (await response.json()) as LogChunk
    },
    webBytes: () => residentBytes(web),
    close: () => browser.close(),
  }
}

/** Milliseconds until the page, opened anew, shows these words. */
export async function timePage({ page, address }: Reader, words: string): Promise<number> {
  await page.goto('about:blank')
  const begunAt = performance.now()
  await page.goto(address, { waitUntil: 'commit' })
  await page.getByText(words).first().waitFor()
  return performance.now() - begunAt
}

/** Bytes of script's own data that the page holds (Chrome DevTools Protocol, Performance), after a collection. */
export async function openHeap({ page }: Reader): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  return () =>
    awaitFact('the size of the heap', async () => {
      await session.send('HeapProfiler.collectGarbage')
      const { metrics } = await session.send('Performance.getMetrics')
      return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value
    })
}
