import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { verifyPortFree } from '@/lib/runtime/port'

async function takePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, free: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}

test('a taken port is refused with its number and what to do', async () => {
  const taken = await takePort()
  await expect(verifyPortFree('127.0.0.1', taken.port, 0)).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    message: `Port ${taken.port} on 127.0.0.1 is taken by another program.`,
  })
  await taken.free()
})

test('a port of a process that is just ending is waited for', async () => {
  const taken = await takePort()
  const verified = verifyPortFree('127.0.0.1', taken.port, 5_000)
  await taken.free()
  await expect(verified).resolves.toBeUndefined()
})

test('an address that is not this machine’s is refused', async () => {
  await expect(verifyPortFree('192.0.2.1', 8420, 0)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})
