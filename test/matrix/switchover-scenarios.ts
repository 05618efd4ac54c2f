import type { Lab } from '@/lab/lab'
import {
  planning,
  readFileRoles,
  requireThat,
  type Scenario,
  verifyCopied,
  verifyTraces,
} from '@/test/matrix/scenario'

async function verifyTurned(lab: Lab): Promise<void> {
  const seen = await lab.host(0).sql('select pg_is_in_recovery(), status from pg_stat_wal_receiver')
  requireThat(seen === 't|streaming', `the old primary does not stream: ${seen}`)
  await verifyCopied(lab.host(0))
}

const switchover: Scenario = {
  name: 'switchover',
  kind: 'switchover',
  world: 'paired',
  plan: planning(() => ({ operation: 'switchover', options: {} })),
  verifyDone: verifyTurned,
  verifyUndone: verifyTraces,
}

/** The roles are exchanged, with the database and without. */
export const switchoverScenarios: readonly Scenario[] = [
  switchover,
  {
    ...switchover,
    name: 'switchover, files alone',
    world: 'paired-files',
    async verifyDone(lab) {
      const said = (await readFileRoles(lab)).join(' ')
      requireThat(said === 'standby primary', `the hosts say that they are ${said}`)
      await verifyCopied(lab.host(0))
    },
  },
]
