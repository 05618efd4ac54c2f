import { type Browser, expect, type Page } from 'playwright/test'

/** Where a wizard stands, and every answer on its page in order. Words that confirm are typed anew each time, so they are none. */
const readWizard = (page: Page) =>
  page.evaluate(() => {
    const steps = document.querySelector('nav[aria-label="Steps of the wizard"]')
    const fields = [...document.querySelectorAll('main input, main select, main textarea')]
    const answers = fields.flatMap((field) => {
      if (field instanceof HTMLTextAreaElement && field.readOnly) return []
      if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return []
      const label = field.labels?.[0]?.textContent ?? field.getAttribute('aria-label') ?? field.name
      if (label.startsWith('Type ')) return []
      const isTicked = field.type === 'radio' || field.type === 'checkbox'
      return [`${label}: ${isTicked && field instanceof HTMLInputElement ? field.checked : field.value}`]
    })
    const heading = steps?.parentElement?.querySelector(':scope > h2')?.textContent ?? ''
    return { heading, answers }
  })

type Seen = Awaited<ReturnType<typeof readWizard>>

const verifyShows = (page: Page, seen: Seen, how: string) =>
  expect(async () => expect(await readWizard(page), how).toEqual(seen)).toPass({ timeout: 60_000 })

/**
 * Whoever comes back to a wizard's page finds it as it was left: after a reload, after Back and Forward, and at the same
 * address in another browser. `isRun`: before it there is nothing to go back to, so Back shows the same.
 */
export async function verifyComesBack(page: Page, browser: Browser, isRun: boolean): Promise<void> {
  // What a page says until it knows who looks at it is no answer that was left.
  await expect(page.getByText('Looking who you are.')).toHaveCount(0)
  const seen = await readWizard(page)
  expect(seen.heading).not.toBe('')
  await page.reload()
  await verifyShows(page, seen, `${seen.heading}: reloaded`)

  await page.goBack()
  if (isRun) await verifyShows(page, seen, `${seen.heading}: Back`)
  else await expect.poll(async () => (await readWizard(page)).heading).not.toBe(seen.heading)
  await page.goForward()
  await verifyShows(page, seen, `${seen.heading}: Back and Forward`)

  const context = await browser.newContext({ storageState: await page.context().storageState() })
  const other = await context.newPage()
  await other.goto(page.url())
  await verifyShows(other, seen, `${seen.heading}: in another browser`)
  await context.close()
}
