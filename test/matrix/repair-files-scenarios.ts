import type { Lab } from '@/lab/lab'
import { damageFile, verifyingOn, verifyNow } from '@/test/harness/damage'
import { worldOf } from '@/test/harness/lab-worlds'
import { groundOfHost } from '@/test/matrix/grounds'
import { planning, requireThat, type Scenario, verifyTraces } from '@/test/matrix/scenario'

const damaged = 'damaged'

/** A file that the verification knows to differ. */
async function damageOne(lab: Lab): Promise<void> {
  const [primary, standby] = [lab.host(0), lab.host(1)]
  const { access, places } = groundOfHost(primary)
  const user = places.keeper === 'root' ? {} : { user: access.user }
  const path = `${worldOf(primary).vault}/${damaged}`
  const { slug, syncProgram, keeper, runs } = verifyingOn(standby)
  await primary.exec(`echo ${crypto.randomUUID()} >${path}`, user)
  await standby.exec(`${syncProgram} ${slug} vault --now`, { user: keeper })
  await damageFile(standby, path)
  await verifyNow(standby)
  await standby.exec(`grep -q '^differs .* ${damaged}$' ${runs}/vault.differs`)
}

async function verifyRepaired(lab: Lab): Promise<void> {
  const [written, repaired] = await Promise.all(
    lab.hosts.map((host) => host.exec(`sha256sum <${worldOf(host).vault}/${damaged}`)),
  )
  requireThat(written === repaired, 'the file differs from the primary’s')
  const { runs } = verifyingOn(lab.host(1))
  const listed = await lab.host(1).tryExec(`grep ' ${damaged}$' ${runs}/vault.differs`)
  requireThat(listed.exitCode !== 0, 'the file is still listed as differing')
}

const repair: Scenario = {
  name: 'repair files',
  kind: 'repair-files',
  world: 'paired',
  prepare: damageOne,
  plan: planning(() => ({ operation: 'repair-files', options: { directories: [] } })),
  verifyDone: verifyRepaired,
  verifyUndone: verifyTraces,
}

export const repairFilesScenarios: readonly Scenario[] = [
  repair,
  { ...repair, name: 'repair files, files alone', world: 'paired-files' },
]
