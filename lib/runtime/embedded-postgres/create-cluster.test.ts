import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { verifyFreeSpace } from '@/lib/runtime/embedded-postgres/create-cluster'

test('a file system without room is refused in megabytes, before anything is written', async () => {
  // proc(5) is a file system whose free space is 0 by definition.
  await expect(verifyFreeSpace('/proc', 'create')).rejects.toMatchObject({
    code: 'STORE_FULL',
    message: 'The file system of /proc has 0 MB left.',
  })
})

test('one with room passes', async () => {
  await expect(verifyFreeSpace(tmpdir(), 'start')).resolves.toBeUndefined()
})
