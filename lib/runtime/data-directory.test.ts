import { mkdtemp, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureDataDirectory } from '@/lib/runtime/data-directory'
import { parseEnvironment } from '@/lib/runtime/environment'

let parent: string
beforeAll(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), 'understudy-data-')))
})
afterAll(() => rm(parent, { recursive: true }))

const ensure = (directory: string) =>
  ensureDataDirectory(parseEnvironment({ UNDERSTUDY_DATA_DIR: directory }, { isRoot: false }))

test('it is made with the directories above it, several starts at once too', async () => {
  const directory = join(parent, 'a', 'b', 'c')
  const made = await Promise.all([ensure(directory), ensure(directory), ensure(directory)])
  expect(made.map(({ dataDirectory }) => dataDirectory)).toEqual([directory, directory, directory])
  expect((await stat(directory)).mode & 0o777).toBe(0o711)
})

test('it is named by its real path, so that every process comes to the same socket', async () => {
  const [real, link] = [join(parent, 'real'), join(parent, 'link')]
  await ensure(real)
  await symlink(real, link)
  expect((await ensure(link)).dataDirectory).toBe(real)
})

test.each([
  ['a file', 'file', 'is not a directory'],
  ['below a file', 'file/below', 'is not a directory'],
])('%s is refused in one sentence', async (_name, path, why) => {
  await writeFile(join(parent, 'file'), '')
  await expect(ensure(join(parent, path))).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: `The data directory ${join(parent, path)} ${why}.`,
  })
})

test('a place that lets nobody make a directory is refused, and not asked for ever', async () => {
  await expect(ensure('/proc/understudy')).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: 'The data directory /proc/understudy cannot be used (ENOENT).',
  })
})
