import { describe, expect, test } from 'vitest'
import { folderRepairGround } from '@/test/harness/folder-repair-ground'
import { liveAsShown } from '@/test/harness/live-as-shown'
import { proveSomeOf } from '@/test/harness/prove-some-of'

const both = { database: true, files: true }

const variants = [
  ['of a clean former primary', { scope: both, ways: ['follow', 'base-backup'] }],
  ['of one whose data are of no use', { scope: both, ways: ['base-backup'] }],
  ['of files alone', { scope: { database: false, files: true } }],
] as const

describe.each(variants)('a re-pair %s', (_, given) => {
  test('goes to its end, and what it ran on the hosts stood in its plan', async () => {
    const ground = await folderRepairGround(given)
    expect(await liveAsShown(ground)).toBeGreaterThan(1)
    await ground.verifyDone()
    await ground.dispose()
  })
})

proveSomeOf('a re-pair', variants, folderRepairGround)
