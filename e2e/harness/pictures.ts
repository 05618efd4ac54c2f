import { mkdir } from 'node:fs/promises'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from 'playwright/test'

const folder = 'screenshots'
const widths = [
  { name: 'wide', width: 1440, height: 900 },
  { name: 'narrow', width: 360, height: 740 },
] as const

/** Nothing on the page goes beyond its right edge: no sideways scrolling. */
async function verifyFits(page: Page, name: string, width: number) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect.soft(overflow, `${name} at ${width} px scrolls sideways`).toBeLessThanOrEqual(0)
}

/**
 * Pictures of the page as it is now, wide and narrow, light and dark, into a folder that git ignores; and the page is free
 * of axe's findings in both themes (WCAG 2.2 AA). The page is left as it was.
 */
export async function takePictures(page: Page, name: string) {
  await mkdir(folder, { recursive: true })
  const before = page.viewportSize()
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    for (const { name: size, width, height } of widths) {
      await page.setViewportSize({ width, height })
      await verifyFits(page, name, width)
      await page.screenshot({
        path: `${folder}/${name}-${size}-${theme}.png`,
        fullPage: true,
        animations: 'disabled',
      })
    }
    const found = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
      .analyze()
    expect
      .soft(found.violations.map(({ id, nodes }) => `${name}, ${theme}: ${id}: ${nodes[0]?.html}`))
      .toEqual([])
  }
  await page.emulateMedia({ colorScheme: null })
  if (before) await page.setViewportSize(before)
}
