import { describe, expect, test } from 'vitest'
import { folderDrillGround } from '@/test/harness/folder-drill-ground'
import { liveAsShown } from '@/test/harness/live-as-shown'
import { proveSomeOf } from '@/test/harness/prove-some-of'

const variants = [
  ['by shared blocks', { way: 'reflink', hasTablespace: true, hasChecks: true }],
  ['by a backup, with what an earlier one left', { way: 'backup', hasTablespace: true, hasLeftover: true }],
] as const

describe.each(variants)('a drill %s', (_, given) => {
  test('goes to its end, and what it ran on the hosts stood in its plan', async () => {
    const ground = await folderDrillGround(given)
    expect(await liveAsShown(ground)).toBeGreaterThan(5)
    await ground.verifyDone()
    await ground.dispose()
  })
})

proveSomeOf('a drill', variants, folderDrillGround)
