import { test as base } from 'playwright/test'
import { type Lab, startLab } from '@/lab/lab'
import { type Dashboard, startDashboard } from '@/test/harness/dashboard'

/** A lab of two fresh hosts and a dashboard that knows nothing yet, for the tests of one file. */
export const test = base.extend<object, { lab: Lab; dashboard: Dashboard }>({
  lab: [
    async ({ browserName: _ }, use) => {
      const lab = await startLab()
      await use(lab)
      await lab.down()
    },
    { scope: 'worker', timeout: 600_000 },
  ],
  dashboard: [
    async ({ browserName: _ }, use) => {
      const dashboard = await startDashboard()
      await use(dashboard)
      await dashboard.dispose()
    },
    { scope: 'worker', timeout: 300_000 },
  ],
})

export { expect } from 'playwright/test'
