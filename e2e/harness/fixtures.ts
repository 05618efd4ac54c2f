import { test as base } from 'playwright/test'
import { type Lab, startLab } from '@/lab/lab'
import { type Dashboard, startDashboard } from '@/test/harness/dashboard'

type Ground = {
  lab: Lab
  dashboard: Dashboard
  /** Of the dashboard's environment; none, unless a test says else. */
  variables: Readonly<Record<string, string>>
}

/** For each test two fresh hosts of the lab, and a dashboard that knows nothing yet. */
export const test = base.extend<Ground>({
  lab: async ({ browserName: _ }, use) => {
    const lab = await startLab()
    await use(lab)
    await lab.down()
  },
  variables: async ({ browserName: _ }, use) => use({}),
  dashboard: async ({ variables }, use) => {
    const dashboard = await startDashboard({ variables })
    await use(dashboard)
    await dashboard.dispose()
  },
})

export { expect } from 'playwright/test'
