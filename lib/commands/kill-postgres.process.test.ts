import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { killPostgres } from '@/lib/commands/postgres-server'

let place: string
const begun: ChildProcess[] = []
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'understudy-kill-'))
  for (const name of ['main', 'other', 'main/base']) mkdirSync(join(place, name))
  copyFileSync('/bin/sleep', join(place, 'postgres'))
})
afterEach(() => {
  for (const child of begun.splice(0)) child.kill('SIGKILL')
  rmSync(place, { recursive: true })
})

/** A process of that program, working in that directory. */
async function begin(program: string, directory: string): Promise<ChildProcess> {
  const child = spawn(program, ['600'], { cwd: join(place, directory), stdio: 'ignore' })
  begun.push(child)
  await once(child, 'spawn')
  return child
}
const kill = (dataDirectory: string) => spawnSync('/bin/sh', ['-c', killPostgres({ dataDirectory }).text])
const isThere = ({ pid }: ChildProcess) => spawnSync('test', ['-e', `/proc/${pid}/exe`]).status === 0

test('a server that hangs is ended with all its processes, also when its program was replaced meanwhile', async () => {
  const postgres = join(place, 'postgres')
  const server = [await begin(postgres, 'main'), await begin(postgres, 'main')]
  const ended = Promise.all(server.map((child) => once(child, 'exit')))
  for (const child of server) child.kill('SIGSTOP')
  rmSync(postgres)
  expect(kill(join(place, 'main')).status).toBe(0)
  expect((await ended).map(([, signal]) => signal)).toEqual(['SIGKILL', 'SIGKILL'])
})

test('nothing else is: another cluster, another program there, or one that works within it', async () => {
  const postgres = join(place, 'postgres')
  const others = [
    await begin(postgres, 'other'),
    await begin('/bin/sleep', 'main'),
    await begin(postgres, 'main/base'),
  ]
  expect(kill(join(place, 'main')).status).toBe(0)
  expect(kill(join(place, 'gone')).status).toBe(0)
  expect(others.map(isThere)).toEqual([true, true, true])
})
