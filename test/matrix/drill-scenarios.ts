import type { Lab } from '@/lab/lab'
import { planning, requireThat, type Scenario, verifyTraces } from '@/test/matrix/scenario'

/** Neither a directory nor a server of a drill is on the standby. */
async function verifyCleared(lab: Lab): Promise<void> {
  const left = await lab
    .host(1)
    .exec(
      `find / -xdev -name '*.understudy-*-drill' -prune -print 2>/dev/null; pgrep -fa '[u]nderstudy-[0-9a-f]*-drill' || true`,
    )
  requireThat(left === '', `of the drill is left: ${left}`)
}

const drill: Scenario = {
  name: 'drill',
  kind: 'drill',
  world: 'paired',
  plan: planning(() => ({
    operation: 'drill',
    options: { lagSeconds: 60, rateMegabytes: 100, amcheckMinutes: 5, directory: null },
  })),
  verifyDone: verifyCleared,
  async verifyUndone(lab, traces) {
    await verifyCleared(lab)
    await verifyTraces(lab, traces)
  },
}

/** There is no drill without a database. */
export const drillScenarios: readonly Scenario[] = [drill]
