import type { Role } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import type { PairPlanner } from '@/lib/operations/pair-planners'
import { readHostFacts } from '@/lib/operations/preflight/read-host-facts'
import { readDirectoryRuns } from '@/lib/operations/read-directory-runs'
import { repairedMax } from '@/lib/operations/repair-files/basis'
import type { RepairFilesFacts } from '@/lib/operations/repair-files/facts'
import { planRepairFiles } from '@/lib/operations/repair-files/plan-repair-files'
import { readDifferingFiles } from '@/lib/operations/repair-files/read-differing-files'

type Ground = Parameters<typeof readDirectoryRuns>[0]

/** The files that are known to differ, so many of them as one plan bears; none where the standby can't be asked, which a check says. */
async function readFiles(ground: Ground): Promise<RepairFilesFacts['files']> {
  try {
    const [runs, listed] = await Promise.all([
      readDirectoryRuns(ground),
      readDifferingFiles(ground, repairedMax),
    ])
    let room = repairedMax
    return [...listed].map(([id, all]) => {
      const names = all.slice(0, room)
      room -= names.length
      return { id, names, total: runs.get(id)?.verification?.differs ?? all.length }
    })
  } catch (error) {
    if (error instanceof AppError) return []
    throw error
  }
}

/** The plan of a repair of files. The primary is read by the standby alone, so that it may be away from us. */
export const readAndPlanRepairFiles: PairPlanner<'repair-files'> = (ground, reader) => {
  const { pair, profile, hosts, options } = ground
  const doors = reader.doorsOf(ground)
  const asksServer = pair.scope.database
  const read = (role: Role) =>
    readHostFacts({
      ...{ door: doors[role], host: hosts[role], profile, asksServer },
      ...{ directories: [], clock: reader.clock },
    })
  const planned = Promise.all([read('standby'), read('primary'), readFiles({ doors, hosts, pair })]).then(
    ([standby, primary, files]) =>
      planRepairFiles(
        { ...ground, facts: { standby, primary, asked: [...options.directories], files } },
        reader.clock.now(),
      ),
  )
  return reader.withHosts(ground, pair, planned, {
    installs: null,
    required: ['standby'],
    beside: ['primary'],
  })
}
