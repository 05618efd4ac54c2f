import { openRepairFiles } from '@/lib/operations/repair-files/open-repair-files'
import { planRepairFiles } from '@/lib/operations/repair-files/plan-repair-files'
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

const operationId = 'a7b4c3d2-0000-4000-8000-000000000000'
const now = new Date('2026-11-23T03:00:00Z')
const listOf = (id: string) => `/var/lib/understudy/ledger/runs/${id}.differs`
const lineOf = (name: string) => `differs 2026-11-22T02:00:00Z 5 2026/11/20-10:00:00 ${name}\n`

/** Names of any characters: they go to a shell as they are. */
const names = ['plain', '$(touch pwned) "q"']

export type FolderRepairFilesGround = FolderGround & {
  /** The damaged files. */
  readonly damaged: readonly string[]
}

/** A repair of files of the pair that a create made on two folder hosts; one more file is known to differ that the plan does not name. */
export async function folderRepairFilesGround(
  given: { readonly hasDatabase?: boolean } = {},
): Promise<FolderRepairFilesGround> {
  const { hasDatabase = true } = given
  const created = await folderCreateGround({ scope: { database: hasDatabase, files: true } })
  const creating = new EngineTrial(created)
  creating.expect(await creating.life(), 'succeeded')
  const { pair } = created
  const { alpha, beta, servers, pairs, hosts, profile } = pair
  const [vault, ...others] = pairs.current.settings.directories
  if (!vault) throw new Error('the pair has directories')
  for (const name of [...names, 'later']) {
    alpha.put(`${vault.path}/${name}`, 'right')
    beta.put(`${vault.path}/${name}`, 'wrong')
  }
  beta.put(listOf(vault.id), [...names, 'later'].map(lineOf).join(''))
  const server = serverFacts({ inRecovery: true, receiverStatus: 'streaming' })
  const facts = {
    standby: hasDatabase
      ? hostFactsOf('beta', { server: { seen: true, value: server } })
      : fileFactsOf('beta'),
    primary: hasDatabase ? hostFactsOf('alpha') : fileFactsOf('alpha'),
    asked: [],
    files: [{ id: vault.id, names: [...names], total: 3 }],
  }
  const plan = planRepairFiles({ operationId, pair: pairs.current, profile, hosts, facts }, now)
  const before = { alpha: tracesOf(alpha) }
  const opened = await openRepairFiles(queuedOperation(plan, {}), pair.ports)
  const contentOf = (name: string) => beta.read(`${vault.path}/${name}`)
  return {
    pair,
    plan,
    damaged: names.map((name) => `${vault.path}/${name}`),
    steps: opened.steps,
    // Locks and the transcript are proved on real hosts: these would share the test machine's own /etc/machine-id.
    hold: new MemoryHold(),
    context: null,
    onceActed: (count, listener) => onceActed([alpha, beta], count, listener),
    async verifyInvariants() {
      throwUnless(!hasDatabase || servers.primary.isWritable(), 'the primary does not serve any more')
      throwUnless(contentOf('later') === 'wrong', 'a file was pulled that no plan named')
      throwUnless(!beta.has(`${vault.path}/pwned`) && !beta.has('/pwned'), 'a name was executed')
      verifyUnasked(pair)
    },
    async verifyDone() {
      verifyTraces(alpha, before.alpha)
      for (const name of names) throwUnless(contentOf(name) === 'right', `${name} is as it was`)
      throwUnless(beta.read(listOf(vault.id)) === lineOf('later'), 'the list is not what is left')
      for (const { path } of others) throwUnless(beta.has(path), `${path} is gone`)
    },
    async verifyUndone() {
      // What was pulled stays: it is what the primary has.
      for (const name of names)
        throwUnless(['right', 'wrong'].includes(contentOf(name)), `${name} is neither the one nor the other`)
    },
    async dispose() {
      await opened.close()
      await created.dispose()
    },
  }
}
