import { test as base } from 'playwright/test'
import { type Lab, startLab } from '@/lab/lab'
import type { LayoutName } from '@/lab/layouts'
import { type Dashboard, startDashboard } from '@/test/harness/dashboard'

type Ground = {
  /** How the application lies on the lab's hosts; as on Debian, unless a test says else. */
  layout: LayoutName
  lab: Lab
  dashboard: Dashboard
  /** Of the dashboard's environment; none, unless a test says else. */
  variables: Readonly<Record<string, string>>
}

/** For each test two fresh hosts of the lab, and a dashboard that knows nothing yet. */
export const test = base.extend<Ground>({
  layout: ['debian', { option: true }],
  lab: async ({ layout }, use) => {
    const lab = await startLab({ layout })
    await use(lab)
    await lab.down()
  },
  variables: async ({ browserName: _ }, use) => use({}),
  // What the page says when a test fails is the first thing that its reader asks for.
  page: async ({ page }, use, testInfo) => {
    await use(page)
    if (testInfo.status === testInfo.expectedStatus || page.isClosed()) return
    const said = await page.locator('body').ariaSnapshot()
    process.stdout.write(`“${testInfo.title}” failed at ${page.url()}, which said:\n${said}\n`)
  },
  dashboard: async ({ variables }, use) => {
    const dashboard = await startDashboard({ variables })
    await use(dashboard)
    await dashboard.dispose()
  },
})

export { expect } from 'playwright/test'
