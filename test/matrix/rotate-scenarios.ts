import type { Lab } from '@/lab/lab'
import { pairPlaces } from '@/lib/domain/host-places'
import { syncKeyPath } from '@/lib/domain/sync-names'
import { markOf } from '@/lib/operations/context'
import { worldOf } from '@/test/harness/lab-worlds'
import { groundOfHost } from '@/test/matrix/grounds'
import { planning, requireThat, type Scenario, verifyCopied, verifyTraces } from '@/test/matrix/scenario'

/** Where the standby's key from before is kept for the test, out of sight of what an operation leaves. */
const kept = '/root/old-key'

function keyOf(lab: Lab): string {
  const { access, slug } = groundOfHost(lab.host(1))
  return syncKeyPath(pairPlaces(access, slug))
}

/** The primary's answer to a key of the standby's: exit code 255 where it is not let in. */
async function tryKey(lab: Lab, key: string): Promise<number> {
  const { access } = groundOfHost(lab.host(0))
  const options =
    '-o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null'
  const text = `ssh -F /dev/null -i ${key} ${options} ${access.user}@${lab.host(0).address} true </dev/null`
  return (await lab.host(1).tryExec(text)).exitCode
}

const rotate: Scenario = {
  name: 'rotate key',
  kind: 'rotate-key',
  world: 'paired',
  async prepare(lab) {
    await lab.host(1).exec(`cp ${keyOf(lab)} ${kept} && chmod 600 ${kept}`)
  },
  plan: planning(() => ({ operation: 'rotate-key', options: {} })),
  async verifyDone(lab, { id }) {
    const [primary, standby] = [lab.host(0), lab.host(1)]
    const { access, slug } = groundOfHost(primary)
    const [type = '', base64 = '', comment] = (await standby.exec(`cat ${keyOf(lab)}.pub`)).split(' ')
    requireThat(comment === `understudy-${slug}-${markOf(id)}`, `the key in place is ${comment}’s`)
    const lines = await primary.exec(`grep understudy-send ${access.home}/.ssh/authorized_keys`)
    requireThat(
      lines.split('\n').length === 1 && lines.includes(`${type} ${base64}`),
      `what is let in is: ${lines}`,
    )
    requireThat((await tryKey(lab, kept)) === 255, 'the old key is still let in')
    const { syncProgram, keeper } = worldOf(standby)
    await standby.exec(`${syncProgram} ${slug} vault --now`, { user: keeper })
    await verifyCopied(standby)
  },
  async verifyUndone(lab, traces) {
    await verifyTraces(lab, traces)
    await lab.host(1).exec(`cmp ${keyOf(lab)} ${kept}`)
    requireThat((await tryKey(lab, keyOf(lab))) === 1, 'the old key is not let in, or not held to its limit')
  },
}

/** The standby gets another key, in a pair with its database and in one of files alone. */
export const rotateScenarios: readonly Scenario[] = [
  rotate,
  { ...rotate, name: 'rotate key, files alone', world: 'paired-files' },
]
