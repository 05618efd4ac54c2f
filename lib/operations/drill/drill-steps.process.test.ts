import { describe, expect, test } from 'vitest'
import { chainedProofs } from '@/test/harness/engine-proofs'
import { folderDrillGround } from '@/test/harness/folder-drill-ground'
import { liveAsShown } from '@/test/harness/live-as-shown'

describe.each([
  ['by shared blocks', { way: 'reflink', hasTablespace: true, hasChecks: true }],
  ['by a backup, with what an earlier one left', { way: 'backup', hasTablespace: true, hasLeftover: true }],
] as const)('a drill %s', (_, given) => {
  test('goes to its end, and what it ran on the hosts stood in its plan', async () => {
    const ground = await folderDrillGround(given)
    expect(await liveAsShown(ground)).toBeGreaterThan(5)
    await ground.verifyDone()
    await ground.dispose()
  })

  test.each(chainedProofs(() => folderDrillGround(given)))('$name', { timeout: 300_000 }, ({ prove }) =>
    prove(),
  )
})
