import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findPostmaster, isPostmaster, parsePostmasterPid } from '@/lib/runtime/embedded-postgres/postmaster'

const text = '4711\n/d/postgres/data\n1795400000\n5432\n/d/run\n\n  5701859    196612\nready   \n'

test('the pid file’s lines are read as PostgreSQL 10 and newer write them', () => {
  expect(parsePostmasterPid(text)).toEqual({ pid: 4711, socketDirectory: '/d/run', status: 'ready' })
})

test('a pid file that is just being written has no status yet', () => {
  expect(parsePostmasterPid('4711\n/d/postgres/data\n')).toEqual({
    pid: 4711,
    socketDirectory: '',
    status: '',
  })
})

test.for(['', '\n', 'x\n', '-1\n', '0\n', '1.5\n'])(
  'a pid file that begins with %j names no process',
  (wrong) => {
    expect(parsePostmasterPid(wrong)).toBeNull()
  },
)

test('a process that has been given the number is no postmaster, though it is alive', async () => {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'understudy-postmaster-')))
  await writeFile(join(directory, 'postmaster.pid'), text.replace('4711', String(process.pid)))
  expect(await isPostmaster(process.pid, directory)).toBe(false)
  expect(await findPostmaster(directory)).toBeNull()
  await rm(directory, { recursive: true })
})

test('no pid file, no postmaster', async () => {
  expect(await findPostmaster('/nonexistent')).toBeNull()
})
