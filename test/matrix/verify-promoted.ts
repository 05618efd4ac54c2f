import type { Lab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { worldOf } from '@/test/harness/lab-worlds'
import { groundOfHost } from '@/test/matrix/grounds'
import { readFileRoles, requireThat } from '@/test/matrix/scenario'

/** The application works there, and nothing is copied to it any more. */
export async function verifyServes(host: LabHost): Promise<void> {
  await host.exec(worldOf(host).check)
  const { isScheduled } = groundOfHost(host)
  requireThat((await host.tryExec(isScheduled)).exitCode !== 0, 'files still flow')
}

/** The second host writes on a timeline of its own, and its application works. */
export async function verifyPromoted(lab: Lab): Promise<void> {
  const [isStandby, timeline] = (
    await lab
      .host(1)
      .sql(
        'select pg_is_in_recovery(), case when not pg_is_in_recovery() then left(pg_walfile_name(pg_current_wal_lsn()), 8) end',
      )
  ).split('|')
  requireThat(isStandby === 'f', 'the promoted host is not writable')
  requireThat(timeline !== '00000001', 'the promoted host has no timeline of its own')
  await verifyServes(lab.host(1))
}

/** The same of a pair of files alone. */
export async function verifyFilesTurned(lab: Lab): Promise<void> {
  const [former, primary] = await readFileRoles(lab)
  requireThat(former === 'off' || former === 'former', `the old primary says that it is ${former}`)
  requireThat(primary === 'primary', `the promoted host says that it is ${primary}`)
  await verifyServes(lab.host(1))
}
