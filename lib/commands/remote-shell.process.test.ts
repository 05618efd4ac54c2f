import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { endGroupText } from '@/lib/commands/remote-shell'

test('ending a group ends children that ignore SIGTERM, and returns when they are gone', async () => {
  const child = spawn('/bin/sh', ['-c', `trap "" TERM; sh -c 'trap "" TERM; sleep 600' & echo ready; wait`], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(child.stdout, 'data')
  const group = child.pid ?? 0
  const [status] = await once(spawn('/bin/sh', ['-c', endGroupText(group, 100)]), 'exit')
  expect(status).toBe(0)
  expect(() => process.kill(-group, 0)).toThrow('ESRCH')
})
