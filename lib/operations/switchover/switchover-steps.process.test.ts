import { describe, expect, test } from 'vitest'
import { folderSwitchoverGround } from '@/test/harness/folder-switchover-ground'
import { liveAsShown } from '@/test/harness/live-as-shown'
import { proveSomeOf } from '@/test/harness/prove-some-of'

const variants = [
  ['of database and files', { database: true, files: true }],
  ['of files alone', { database: false, files: true }],
] as const

describe.each(variants)('a switch over %s', (_, scope) => {
  test('goes to its end, and what it ran on the hosts stood in its plan', async () => {
    const ground = await folderSwitchoverGround(scope)
    expect(await liveAsShown(ground)).toBeGreaterThan(1)
    await ground.verifyDone()
    await ground.dispose()
  })
})

proveSomeOf('a switch over', variants, folderSwitchoverGround)
