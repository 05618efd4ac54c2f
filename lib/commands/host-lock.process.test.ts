import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Command } from '@/lib/commands/command'
import {
  breakLock,
  freshenLock,
  lockExitCodes,
  readHold,
  readLock,
  releaseLock,
  takeLock,
} from '@/lib/commands/host-lock'
import { aliveSeconds, type HostLock, hostLockText, parseHostLock } from '@/lib/domain/host-lock'

/** The lock on a host, in a real shell below a folder of the test; the machine-id is a file of the test too. */
let folder: string
const state = () => join(folder, "it's", 'state')
const place = () => ({ keeper: 'login' as const, state: state() })
const lockFile = () => join(state(), 'operation.lock')
const machine = 'a'.repeat(32)

const textOf = ({ text }: Command) => text.replaceAll('/etc/machine-id', join(folder, 'machine-id'))
const env = { PATH: process.env.PATH, LC_ALL: 'C', NODE_ENV: 'test' } as const
const run = (command: Command) => {
  const { status, stdout } = spawnSync('/bin/sh', ['-c', textOf(command)], {
    input: command.stdin ?? '',
    encoding: 'utf8',
    env,
  })
  return { code: status, said: stdout }
}

const lockOf = (operationId: string): HostLock => ({
  operationId,
  what: 'create of pair ledger',
  by: 'ann',
  reason: 'it’s $(touch pwned) wanted',
  since: '2026-11-23T03:00:00.000Z',
  dashboardId: 'dashboard-1',
  from: 'desk, 192.0.2.7',
})
const [one, other, third] = ['1', '2', '3'].map(
  (digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`,
) as [string, string, string]
const take = (operationId: string, more: { machineId?: string; broken?: string } = {}) =>
  takeLock({
    lock: lockOf(operationId),
    machineId: more.machineId ?? machine,
    broken: more.broken ?? null,
    place: place(),
  })
const holder = () => parseHostLock(run(readLock(place())).said)?.operationId ?? null

const ageOf = () => Number(/^held (-?\d+)\n/.exec(run(readLock(place())).said)?.[1])
/** As if the last sign of life had been given so long ago. */
const letAge = (seconds: number) => {
  const at = Date.now() / 1000 - seconds
  utimesSync(lockFile(), at, at)
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-lock-'))
  writeFileSync(join(folder, 'machine-id'), `${machine}\n`)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a host', () => {
  test('is taken by one operation, which may take it again, and tells every other who has it', () => {
    expect(run(take(one))).toEqual({ code: 0, said: 'taken\n' })
    expect(run(take(one))).toEqual({ code: 0, said: 'kept\n' })
    const refused = run(take(other))
    expect(refused.code).toBe(lockExitCodes.held)
    expect(parseHostLock(refused.said)).toEqual(lockOf(one))
    expect(holder()).toBe(one)
  })

  test('that is another machine than the plan’s is not taken, and says which it is', () => {
    expect(run(take(one, { machineId: 'b'.repeat(32) }))).toEqual({
      code: lockExitCodes.otherMachine,
      said: `${machine}\n`,
    })
    expect(existsSync(state())).toBe(false)
  })

  test('is taken by exactly one of many that want it at once', async () => {
    const wanted = Array.from({ length: 8 }, (_, index) => `${index}${one.slice(1)}`)
    const ended = wanted.map(async (id) => {
      const command = take(id)
      const child = spawn('/bin/sh', ['-c', textOf(command)], { stdio: ['pipe', 'ignore', 'ignore'], env })
      child.stdin.end(command.stdin ?? '')
      const [code] = await once(child, 'exit')
      return code === 0 ? [id] : []
    })
    const winners = (await Promise.all(ended)).flat()
    expect(winners).toHaveLength(1)
    expect(holder()).toBe(winners[0])
  })

  test('is free again for others once it is let go, and nothing of the lock is left', () => {
    run(take(one))
    for (let round = 0; round < 2; round += 1) expect(run(releaseLock(one, place())).code).toBe(0)
    expect(existsSync(state())).toBe(false)
    expect(run(take(other)).said).toBe('taken\n')
  })

  test('stays held when another operation lets go, or when nobody ever had it', () => {
    expect(run(releaseLock(one, place())).code).toBe(0)
    run(take(one))
    expect(run(releaseLock(other, place())).code).toBe(0)
    expect(holder()).toBe(one)
  })

  test('keeps what else lies in its state when the lock goes', () => {
    mkdirSync(join(state(), 'ledger'), { recursive: true })
    run(take(one))
    run(releaseLock(one, place()))
    expect(readdirSync(state())).toEqual(['ledger'])
  })
})

describe('a lock that was left', () => {
  test('by an operation that has ended is replaced, and by any other it is not', () => {
    run(take(one))
    expect(run(take(other, { broken: third })).code).toBe(lockExitCodes.held)
    expect(holder()).toBe(one)
    expect(run(take(other, { broken: one }))).toEqual({ code: 0, said: 'taken\n' })
    expect(holder()).toBe(other)
  })

  test('is broken only if it is the one that the operator saw', () => {
    run(take(one))
    letAge(aliveSeconds)
    expect(run(breakLock(lockOf(other), place())).code).toBe(lockExitCodes.held)
    expect(holder()).toBe(one)
    for (let round = 0; round < 2; round += 1) expect(run(breakLock(lockOf(one), place())).code).toBe(0)
    expect(holder()).toBeNull()
  })

  test('that nobody can read is broken as what it is', () => {
    mkdirSync(state(), { recursive: true })
    writeFileSync(lockFile(), 'of somebody else')
    expect(parseHostLock(run(readLock(place())).said)).toBeNull()
    expect(run(take(one)).code).toBe(lockExitCodes.held)
    expect(run(breakLock(null, place())).code).toBe(lockExitCodes.atWork)
    letAge(aliveSeconds)
    expect(run(breakLock(null, place())).code).toBe(0)
    expect(run(take(one)).said).toBe('taken\n')
  })
})

describe('the sign of life of a lock', () => {
  test('is its age by the host’s own clock, and each sign sets it anew, also taking the host again', () => {
    run(take(one))
    expect(ageOf()).toBeLessThan(5)
    for (const show of [freshenLock(one, place()), take(one)]) {
      letAge(3600)
      expect(ageOf()).toBeGreaterThanOrEqual(3600)
      expect(run(show).code).toBe(0)
      expect(ageOf()).toBeLessThan(5)
    }
    expect(holder()).toBe(one)
    expect(readFileSync(lockFile(), 'utf8')).toBe(hostLockText(lockOf(one)))
  })

  test('is given to nothing but the operation’s own lock, and makes none', () => {
    expect(run(freshenLock(one, place())).code).toBe(0)
    expect(existsSync(state())).toBe(false)
    mkdirSync(state(), { recursive: true })
    expect(run(freshenLock(one, place())).code).toBe(0)
    expect(readdirSync(state())).toEqual([])
    run(take(other))
    letAge(3600)
    expect(run(freshenLock(one, place())).code).toBe(0)
    expect(ageOf()).toBeGreaterThanOrEqual(3600)
    expect(holder()).toBe(other)
  })

  test('keeps it from being broken for a minute, and says how old it is; then it is broken', () => {
    run(take(one))
    letAge(aliveSeconds - 5)
    const refused = run(breakLock(lockOf(one), place()))
    expect(refused.code).toBe(lockExitCodes.atWork)
    expect(Number(refused.said)).toBeGreaterThanOrEqual(aliveSeconds - 5)
    expect(holder()).toBe(one)
    letAge(aliveSeconds)
    expect(run(breakLock(lockOf(one), place())).code).toBe(0)
    expect(holder()).toBeNull()
  })

  test('that lies ahead, because the host’s clock was set back, keeps nobody out for ever', () => {
    run(take(one))
    letAge(-2)
    expect(run(breakLock(lockOf(one), place())).code).toBe(lockExitCodes.atWork)
    letAge(-3600)
    expect(ageOf()).toBeLessThan(-3590)
    expect(run(breakLock(lockOf(one), place())).code).toBe(0)
  })
})

test('what arrives only in part is not taken: the host stays free', () => {
  const command = take(one)
  const { status } = spawnSync('/bin/sh', ['-c', textOf(command)], {
    input: (command.stdin ?? '').slice(0, 20),
    env,
  })
  expect(status).not.toBe(0)
  expect(holder()).toBeNull()
  expect(run(take(other)).said).toBe('taken\n')
})

test('whether an operation holds the host is told with the machine, without changing anything', () => {
  expect(run(readHold(one, place())).said).toBe(`${machine}\nfree\n`)
  run(take(one))
  expect(run(readHold(one, place())).said).toBe(`${machine}\nheld\n`)
  expect(run(readHold(other, place())).said).toBe(`${machine}\nfree\n`)
  expect(readFileSync(lockFile(), 'utf8')).toBe(hostLockText(lockOf(one)))
})
