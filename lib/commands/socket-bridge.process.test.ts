import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bridgeExitCodes, buildSocketBridge, type SocketTarget } from '@/lib/commands/socket-bridge'

let directory: string
let unix: Server
let tcp: Server
const targets = () =>
  [
    { kind: 'unix', path: join(directory, "it's a $(socket)") },
    { kind: 'tcp', port: (tcp.address() as AddressInfo).port },
  ] as const satisfies readonly SocketTarget[]

/** Starts the bridge, writes `input` and its end, and gathers everything that came back. */
async function through(target: SocketTarget, tools: readonly string[], input: Buffer) {
  const child = spawn('/bin/sh', ['-c', buildSocketBridge(target, tools)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { code, output: Buffer.concat(chunks) }
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'understudy-bridge-'))
  const echo = () => createServer((socket) => socket.pipe(socket))
  unix = echo().listen(join(directory, "it's a $(socket)"))
  tcp = echo().listen(0, '127.0.0.1')
  await Promise.all([once(unix, 'listening'), once(tcp, 'listening')])
})
afterAll(() => {
  unix.close()
  tcp.close()
  rmSync(directory, { recursive: true, force: true })
})

describe.each(['perl', 'python3'])('the bridge in %s', (tool) => {
  test('passes megabytes both ways unchanged and ends when both sides have', async () => {
    const input = randomBytes(3_000_000)
    for (const target of targets()) {
      const { code, output } = await through(target, [tool], input)
      expect(code).toBe(0)
      expect(output.equals(input)).toBe(true)
    }
  })

  test('tells that nothing listens there', async () => {
    const nowhere = { kind: 'unix', path: join(directory, 'nowhere') } as const
    expect(await through(nowhere, [tool], Buffer.alloc(0))).toMatchObject({
      code: bridgeExitCodes.notConnected,
    })
    const closed = { kind: 'tcp', port: 1 } as const
    expect(await through(closed, [tool], Buffer.alloc(0))).toMatchObject({
      code: bridgeExitCodes.notConnected,
    })
  })

  test('ends when the server hangs up, though the client still holds on', async () => {
    const server = createServer((socket) => socket.end('bye')).listen(join(directory, `hangs-up-${tool}`))
    await once(server, 'listening')
    const target = { kind: 'unix', path: join(directory, `hangs-up-${tool}`) } as const
    const child = spawn('/bin/sh', ['-c', buildSocketBridge(target, [tool])], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const [chunk] = await once(child.stdout, 'data')
    expect(String(chunk)).toBe('bye')
    expect(await once(child, 'close')).toEqual([0, null])
    server.close()
  })
})

test('takes the first tool that exists, and tells when there is none', async () => {
  const [target] = targets()
  expect(await through(target, ['no-such-tool', 'perl'], Buffer.from('x'))).toMatchObject({ code: 0 })
  expect(await through(target, ['no-such-tool'], Buffer.from('x'))).toMatchObject({
    code: bridgeExitCodes.noTool,
  })
})
