import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockNameOf, tryLock } from '@/lib/runtime/exclusive-lock'

const freshName = () => `test/${process.pid}/${Math.random()}`

test('of many that want it one gets it, and the others are told who holds it', async () => {
  const name = freshName()
  const tried = await Promise.all(Array.from({ length: 10 }, (_, index) => tryLock(name, { index })))
  const winners = tried.filter((lock) => !('held' in lock))
  expect(winners).toHaveLength(1)
  const holder = tried.findIndex((lock) => !('held' in lock))
  for (const lock of tried) if ('held' in lock) expect(lock.holder).toEqual({ index: holder })
  for (const lock of tried) if (!('held' in lock)) await lock.release()
})

test('a released lock can be had again', async () => {
  const name = freshName()
  for (let round = 0; round < 3; round += 1) {
    const lock = await tryLock(name, {})
    if ('held' in lock) throw new Error('was not released')
    await lock.release()
  }
})

test('a lock that was let go is had although a copy of it lives on for a moment, as in a child before its program begins', async () => {
  const name = freshName()
  const script = `const s = require('node:net').createServer((c) => c.destroy())
    s.listen('\\0understudy/${name}', () => { console.log('has it'); setTimeout(() => process.exit(), 300) })`
  const child = spawn(process.execPath, ['-e', script])
  await once(child.stdout, 'data')
  const lock = await tryLock(name, {})
  expect('held' in lock).toBe(false)
  if (!('held' in lock)) await lock.release()
})

test('the kernel takes the lock back from a process that was killed', async () => {
  const name = freshName()
  const script = `require('node:net').createServer().listen('\\0understudy/${name}', () => console.log('has it'))`
  const child = spawn(process.execPath, ['-e', script])
  await once(child.stdout, 'data')
  expect(await tryLock(name, {})).toMatchObject({ held: true })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = await tryLock(name, {})
  expect('held' in lock).toBe(false)
  if (!('held' in lock)) await lock.release()
})

test('a directory has one name by whatever path it is reached', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'understudy-lock-'))
  const link = `${directory}-link`
  await symlink(directory, link)
  expect(await lockNameOf(link)).toBe(await lockNameOf(directory))
  expect(await lockNameOf(tmpdir())).not.toBe(await lockNameOf(directory))
  await rm(link)
  await rm(directory, { recursive: true })
})
