import { expect, type Locator, type Page } from 'playwright/test'

/** How a person acts on a page: the same flow is walked with a pointer and with the keyboard alone. */
export type Hands = {
  press(target: Locator): Promise<void>
  fill(target: Locator, text: string): Promise<void>
  tick(target: Locator): Promise<void>
}

export const pointer: Hands = {
  press: (target) => target.click(),
  fill: (target, text) => target.fill(text),
  tick: (target) => target.check(),
}

/** Stops of the Tab key after which a control counts as out of reach. */
const stopsMax = 150

/** Walks to a control with the Tab key, as somebody without a pointer does; fails where it can't be reached. */
async function walkTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible()
  await expect(target).toBeEnabled()
  for (let stop = 0; stop < stopsMax; stop++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`not reached within ${stopsMax} presses of Tab: ${target}`)
}

/** The keyboard alone: Tab to walk, Enter to press, Space to tick, typing to fill. */
export function keyboardOf(page: Page): Hands {
  return {
    async press(target) {
      await walkTo(page, target)
      await page.keyboard.press('Enter')
    },
    async fill(target, text) {
      await walkTo(page, target)
      await page.keyboard.press('ControlOrMeta+A')
      await page.keyboard.press('Delete')
      await page.keyboard.insertText(text)
    },
    async tick(target) {
      await walkTo(page, target)
      if (!(await target.isChecked())) await page.keyboard.press('Space')
    },
  }
}
