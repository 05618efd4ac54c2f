import { describe, test } from 'vitest'
import type { Leave } from '@/lib/domain/unpair'
import { chainedProofs } from '@/test/harness/engine-proofs'
import { EngineTrial } from '@/test/harness/engine-trial'
import type { GivenAdoption } from '@/test/harness/folder-adopt-ground'
import { folderUnpairAdoptedGround } from '@/test/harness/folder-unpair-adopted-ground'

const variants: readonly [string, Leave, GivenAdoption, isProved?: boolean][] = [
  ['as it was found: both hosts are as before it was taken over, file by file', 'as-found', {}],
  [
    'as it was found, told in a file that is not PostgreSQL’s own',
    'as-found',
    { toldIn: 'postgresql.conf' },
    false,
  ],
  [
    'stopped: it follows nobody, also not by a file of somebody else’s',
    'stopped',
    { toldIn: 'postgresql.conf' },
  ],
]

describe.each(variants)('a pair that was taken over is left %s', (_, leave, given, isProved = true) => {
  test('goes to its end', async () => {
    const ground = await folderUnpairAdoptedGround(leave, given)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    await ground.dispose()
  })

  const proofs = isProved ? chainedProofs(() => folderUnpairAdoptedGround(leave, given)) : []
  for (const { name, prove } of proofs) test(name, { timeout: 600_000 }, prove)
})
