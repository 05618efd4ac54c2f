import { test as base } from 'playwright/test'
import { type Lab, startLab } from '@/lab/lab'
import { type Dashboard, startDashboard } from '@/test/harness/dashboard'

/** For each test two fresh hosts of the lab, and a dashboard that knows nothing yet. */
export const test = base.extend<{ lab: Lab; dashboard: Dashboard }>({
  lab: async ({ browserName: _ }, use) => {
    const lab = await startLab()
    await use(lab)
    await lab.down()
  },
  dashboard: async ({ browserName: _ }, use) => {
    const dashboard = await startDashboard()
    await use(dashboard)
    await dashboard.dispose()
  },
})

export { expect } from 'playwright/test'
