import { openSync } from '@/lib/operations/sync/open-sync'
import { planSync } from '@/lib/operations/sync/plan-sync'
import { EngineTrial } from '@/test/harness/engine-trial'
import {
  type FolderGround,
  folderCreateGround,
  throwUnless,
  verifyTraces,
  verifyUnasked,
} from '@/test/harness/folder-ground'
import { onceActed, tracesOf } from '@/test/harness/folder-pair'
import { MemoryHold } from '@/test/harness/memory-hold'
import { queuedOperation } from '@/test/harness/operation-events'
import { fileFactsOf, hostFactsOf, serverFacts } from '@/test/harness/operation-facts'

const operationId = 'a5b4c3d2-0000-4000-8000-000000000000'
const now = new Date('2026-11-23T03:00:00Z')

export type FolderSyncGround = FolderGround & {
  /** Directories with a file that only the primary has until they are copied. */
  readonly fresh: readonly string[]
}

/** A sync of the pair that a create made on two folder hosts, whose primary has got a file in each of its directories meanwhile. */
export async function folderSyncGround(
  given: { readonly asked?: readonly string[]; readonly hasDatabase?: boolean } = {},
): Promise<FolderSyncGround> {
  const { asked = [], hasDatabase = true } = given
  const created = await folderCreateGround({ scope: { database: hasDatabase, files: true } })
  const creating = new EngineTrial(created)
  creating.expect(await creating.life(), 'succeeded')
  const { pair } = created
  const { alpha, beta, servers, pairs, hosts, profile } = pair
  const directories = pairs.current.settings.directories
  const wanted = directories.filter(({ id }) => asked.length === 0 || asked.includes(id))
  for (const { path } of directories) alpha.put(`${path}/fresh`, 'fresh')
  const server = serverFacts({ inRecovery: true, receiverStatus: 'streaming' })
  const facts = {
    standby: hasDatabase
      ? hostFactsOf('beta', { server: { seen: true, value: server } })
      : fileFactsOf('beta'),
    primary: hasDatabase ? hostFactsOf('alpha') : fileFactsOf('alpha'),
    asked: [...asked],
  }
  const plan = planSync({ operationId, pair: pairs.current, profile, hosts, facts }, now)
  const before = { alpha: tracesOf(alpha), beta: tracesOf(beta) }
  const opened = await openSync(queuedOperation(plan, {}), pair.ports)
  return {
    pair,
    plan,
    fresh: directories.map(({ path }) => `${path}/fresh`),
    steps: opened.steps,
    // Locks and the transcript are proved on real hosts: these would share the test machine's own /etc/machine-id.
    hold: new MemoryHold(),
    context: null,
    onceActed: (count, listener) => onceActed([alpha, beta], count, listener),
    async verifyInvariants() {
      throwUnless(!hasDatabase || servers.primary.isWritable(), 'the primary does not serve any more')
      throwUnless(beta.has('/etc/cron.d/understudy-ledger'), 'the schedule is gone')
      verifyUnasked(pair)
    },
    async verifyDone() {
      for (const directory of directories) {
        const isCopied = beta.has(`${directory.path}/fresh`)
        const isWanted = wanted.includes(directory)
        throwUnless(isCopied === isWanted, `${directory.id} was ${isCopied ? '' : 'not '}copied`)
      }
      verifyTraces(alpha, before.alpha)
    },
    async verifyUndone() {
      verifyTraces(alpha, before.alpha)
      // What was copied stays.
      for (const { path } of directories) beta.remove(`${path}/fresh`)
      verifyTraces(beta, before.beta)
    },
    async dispose() {
      await opened.close()
      await created.dispose()
    },
  }
}
