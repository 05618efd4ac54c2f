import { spawnSync } from 'node:child_process'
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
function ask(address: string, port: number): number | null {
  const { text } = asksListening(address, port)
  const PATH = `${programs}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`
  return spawnSync('/bin/sh', ['-c', text], { env: { NODE_ENV: 'test', LC_ALL: 'C', PATH } }).status
}

/** A host that answers only after this many seconds, on a way that the kernel measured so. */
function distant(seconds: number, metrics: string): void {
  put('ip', `echo '${metrics}'`)
  put('bash', `sleep ${seconds}`)
}

test('a port that listens is told from one that is closed', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  // The server's own event loop stands still meanwhile: the kernel answers for it, as for a database that hangs.
  expect(ask('127.0.0.1', port)).toBe(0)
  server.close()
  await once(server, 'close')
  expect(ask('127.0.0.1', port)).toBe(1)
})

describe('a host that answers late', () => {
  test.each([
    ['is heard where the way there takes long', 0.6, 'x age 5sec rtt 900000us rttvar 9us source y', 0],
    ['is heard where it takes now longer, now shorter', 0.6, 'x rtt 100000us rttvar 200000us source y', 0],
    ['is silent where the way there is short', 0.6, 'x age 5sec rtt 300us rttvar 9us source y', 124],
    ['is heard a while where the way there was never measured', 0.1, '10.7.0.11 age 5sec cwnd 10', 0],
    ['is measured by the longest', 0.6, 'x rtt 300us rttvar 9us y\nx rtt 900000us rttvar 9us y', 0],
  ])('%s', (_, seconds, metrics, code) => {
    distant(seconds, metrics)
    expect(ask('10.7.0.11', 5432)).toBe(code)
  })
})

test('what could not be asked is not taken for away', () => {
  put('bash', 'exit 127')
  const code = ask('10.7.0.11', 5432) ?? -1
  expect(() => parseListening(code, 'beta', '10.7.0.11')).toThrow(
    expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }),
  )
  expect([0, 1, 124].map((known) => parseListening(known, 'beta', '10.7.0.11'))).toEqual([true, false, false])
})
