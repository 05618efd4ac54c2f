import { describe, test } from 'vitest'
import type { Leave } from '@/lib/domain/unpair'
import { EngineTrial } from '@/test/harness/engine-trial'
import type { GivenAdoption } from '@/test/harness/folder-adopt-ground'
import { folderUnpairAdoptedGround } from '@/test/harness/folder-unpair-adopted-ground'
import { proveSomeOf } from '@/test/harness/prove-some-of'

type Given = { readonly leave: Leave; readonly adoption: GivenAdoption }

const variants: readonly [string, Given][] = [
  [
    'as it was found: both hosts are as before it was taken over, file by file',
    { leave: 'as-found', adoption: {} },
  ],
  [
    'as it was found, told in a file that is not PostgreSQL’s own',
    { leave: 'as-found', adoption: { toldIn: 'postgresql.conf' } },
  ],
  [
    'stopped: it follows nobody, also not by a file of somebody else’s',
    { leave: 'stopped', adoption: { toldIn: 'postgresql.conf' } },
  ],
]

const build = ({ leave, adoption }: Given) => folderUnpairAdoptedGround(leave, adoption)

describe.each(variants)('a pair that was taken over is left %s', (_, given) => {
  test('goes to its end', async () => {
    const ground = await build(given)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    await ground.dispose()
  })
})

proveSomeOf('a pair that was taken over is left', variants, build)
