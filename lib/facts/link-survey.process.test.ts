import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { asksListening, parseListening } from '@/lib/facts/link-survey'

let programs: string
beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), 'understudy-programs-'))
})
afterEach(() => rmSync(programs, { recursive: true }))

const put = (name: string, text: string) =>
  writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })

/** Exit code of the question, with `programs` before the machine's own. */
async function ask(address: string, port: number): Promise<number> {
  const { text } = asksListening(address, port)
  const PATH = `${programs}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`
  const child = spawn('/bin/sh', ['-c', text], { env: { NODE_ENV: 'test', LC_ALL: 'C', PATH } })
  const [code] = await once(child, 'exit')
  return Number(code)
}

/** A server of this machine's own, and its port. */
async function listening() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { server, port: typeof address === 'object' && address ? address.port : 0 }
}

test('a port that listens is told from one that is closed', async () => {
  const { server, port } = await listening()
  expect(await ask('127.0.0.1', port)).toBe(0)
  server.close()
  await once(server, 'close')
  expect(await ask('127.0.0.1', port)).toBe(1)
})

test('a host that has hardly time for its own question does not take the other for dead', async () => {
  put('ip', "echo '127.0.0.1 age 5sec rtt 30us rttvar 9us source 127.0.0.1'")
  const { server, port } = await listening()
  const busy = Array.from({ length: 16 }, () => spawn('/bin/sh', ['-c', 'while :; do :; done']))
  const codes = await Promise.all(Array.from({ length: 6 }, () => ask('127.0.0.1', port)))
  for (const child of busy) child.kill('SIGKILL')
  server.close()
  // 124: it had no time at all, which is an error and no answer.
  expect(codes.filter((code) => code !== 0 && code !== 124)).toEqual([])
})

describe('how long nobody is waited for', () => {
  test.each([
    ['is as long as the way there takes', 'x age 5sec rtt 400000us rttvar 9us source y', '0.420'],
    ['is longer where it takes now longer, now shorter', 'x rtt 100000us rttvar 200000us source y', '0.920'],
    ['is short where the way there is short', 'x age 5sec rtt 300us rttvar 9us source y', '0.020'],
    ['is a while where it was never measured', 'x age 5sec cwnd 10', '0.300'],
    ['is by the longest', 'x rtt 300us rttvar 9us y\nx rtt 1900000us rttvar 9us y', '1.920'],
  ])('%s', async (_, metrics, seconds) => {
    put('ip', `echo '${metrics}'`)
    put('timeout', `[ "$7" = ${seconds} ] && exit 2; echo "$7" >&2; exit 77`)
    expect(await ask('10.7.0.11', 5432)).toBe(2)
  })
})

test('what could not be asked is not taken for away', async () => {
  put('bash', 'exit 127')
  const code = await ask('10.7.0.11', 5432)
  for (const unknown of [code, 3, 124, 127])
    expect(() => parseListening(unknown, 'beta', '10.7.0.11')).toThrow(
      expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }),
    )
  expect([0, 1, 2].map((known) => parseListening(known, 'beta', '10.7.0.11'))).toEqual([true, false, false])
})
