import { expect, test } from 'vitest'
import { openFence } from '@/lib/operations/fence/open-fence'
import { planFence } from '@/lib/operations/fence/plan-fence'
import { chainedProofs } from '@/test/harness/engine-proofs'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type FolderGround, throwUnless, verifyUnasked } from '@/test/harness/folder-ground'
import { folderPromoteGround } from '@/test/harness/folder-promote-ground'
import { liveAsShown } from '@/test/harness/live-as-shown'
import { MemoryHold } from '@/test/harness/memory-hold'
import { queuedOperation } from '@/test/harness/operation-events'
import { fileFactsOf } from '@/test/harness/operation-facts'
import { listeningIo } from '@/test/harness/step-io'

const fileRole = '/var/lib/understudy/ledger/file-role'
const application = '/.units/ledger.service'

/** The former primary of a pair of files, unplugged while its standby was promoted, is back with its application running. */
async function returned(): Promise<FolderGround> {
  const promoted = await folderPromoteGround({ isDead: true, scope: { database: false, files: true } })
  const promoting = new EngineTrial(promoted)
  promoting.expect(await promoting.life(), 'succeeded')
  const { pair } = promoted
  const { alpha, beta, hosts, pairs, profile } = pair
  alpha.remove('/.unplugged')
  const facts = {
    standby: fileFactsOf('beta'),
    primary: fileFactsOf('alpha'),
    primaryAtRest: null,
    fileRoles: { standby: 'primary' as const, primary: 'primary' as const },
    primaryFromStandby: 'accepting' as const,
    pinnedIdentifier: null,
    lossSentence: '',
  }
  const operationId = 'a0b1c2d3-0000-4000-8000-000000000000'
  const plan = planFence({ operationId, pair: pairs.current, profile, hosts, facts }, new Date(0))
  const opened = await openFence(queuedOperation(plan, {}), pair.ports)
  return {
    pair,
    plan,
    steps: opened.steps,
    hold: new MemoryHold(),
    context: null,
    async verifyInvariants() {
      throwUnless(beta.read(fileRole) === 'primary\n', 'the new primary is none any more')
      throwUnless(beta.has(`${application}/active`), 'the application of the new primary was stopped')
    },
    async verifyDone() {
      throwUnless(alpha.read(fileRole) === 'former\n', 'the former primary does not know that it is none')
      throwUnless(!alpha.has(`${application}/active`), 'its application runs')
      throwUnless(!alpha.has(`${application}/enabled`), 'its application starts at boot')
      throwUnless(pairs.current.formerPrimary === 'fenced', 'it is not recorded')
      verifyUnasked(pair)
    },
    async verifyUndone() {
      throw new Error('a fence is never undone')
    },
    async dispose() {
      await opened.close()
      await promoted.dispose()
    },
  }
}

test.each(chainedProofs(returned).slice(0, 1))(
  'a former primary of files that is back is fenced: $name',
  { timeout: 300_000 },
  ({ prove }) => prove(),
)

test('what a fence runs on the hosts stood in its plan', async () => {
  const ground = await returned()
  expect(await liveAsShown(ground)).toBe(2)
  await ground.verifyDone()
  await ground.dispose()
})

test('nothing is stopped on it where the other host does not say that it is the primary', async () => {
  const ground = await returned()
  const { alpha, beta } = ground.pair
  beta.put(fileRole, 'standby\n')
  for (const { planned, prove } of ground.steps)
    if (planned.host === 'primary')
      await expect(prove?.(null, listeningIo())).rejects.toMatchObject({
        code: 'PRECONDITION_FAILED',
        message: 'beta is the standby of the files.',
      })
  expect(alpha.has(`${application}/active`)).toBe(true)
  expect(alpha.read(fileRole)).toBe('primary\n')
  await ground.dispose()
})
