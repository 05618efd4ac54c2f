import type { Browser, CDPSession, Cookie } from 'playwright/test'

/** Of all script of the live page, compressed. */
export const scriptBudgetBytes = 200_000

/** What a first visit costs a browser that has nothing in its cache. */
export type PageFigures = {
  /** Bytes of all script as they came over the line, compressed. */
  readonly scriptBytes: number
  readonly scripts: readonly { readonly address: string; readonly bytes: number }[]
  /** From the start of the navigation until the page's controls have their handlers and nothing keeps the browser busy. */
  readonly interactiveMs: number
  /** CPU time that the browser took for the page until then: tells more than `interactiveMs` on a machine that does other things too. */
  readonly rendererCpuMs: number
}

/** Opens the page in a new context with these cookies; what is loaded in its first quiet seconds counts. */
export async function measurePage(
  browser: Browser,
  address: string,
  cookies: readonly Cookie[],
): Promise<PageFigures> {
  const context = await browser.newContext()
  await context.addCookies([...cookies])
  const page = await context.newPage()
  const scripts = countScripts(await context.newCDPSession(page))
  const cpuBeforeMs = await readRendererCpuMs(browser)
  await page.goto(address, { waitUntil: 'commit' })
  // React notes the handlers of what it has taken over under such a name.
  await page.waitForFunction(() =>
    [...document.querySelectorAll('main button')].some((button) =>
      Object.keys(button).some((key) => key.startsWith('__reactProps')),
    ),
  )
  const interactiveMs = await page.evaluate(
    () => new Promise<number>((resolve) => requestIdleCallback(() => resolve(performance.now()))),
  )
  const rendererCpuMs = (await readRendererCpuMs(browser)) - cpuBeforeMs
  // What is fetched after that, because it may be needed soon, is downloaded all the same.
  await page.waitForTimeout(3_000)
  await context.close()
  const found = [...(await scripts).entries()].map(([path, bytes]) => ({ address: path, bytes }))
  return {
    scriptBytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
    scripts: found.sort((one, other) => other.bytes - one.bytes),
    interactiveMs,
    rendererCpuMs,
  }
}

/** CPU time of all processes that show pages (Chrome DevTools Protocol, SystemInfo). */
async function readRendererCpuMs(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo.reduce((sum, { type, cpuTime }) => (type === 'renderer' ? sum + cpuTime * 1000 : sum), 0)
}

/** Bytes of body and headers of every answer that is a script, filled as they end. */
async function countScripts(session: CDPSession): Promise<ReadonlyMap<string, number>> {
  const addresses = new Map<string, string>()
  const bytes = new Map<string, number>()
  session.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type === 'Script' || /javascript/.test(response.mimeType))
      addresses.set(requestId, new URL(response.url).pathname)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const address = addresses.get(requestId)
    if (address) bytes.set(address, (bytes.get(address) ?? 0) + encodedDataLength)
  })
  await session.send('Network.enable')
  return bytes
}
