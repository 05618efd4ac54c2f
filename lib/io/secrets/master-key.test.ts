import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ensureMasterKey, readMasterKey } from '@/lib/io/secrets/master-key'

const place = { table: 'hosts', row: '1', column: 'secret' }
let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'understudy-key-'))
})
afterEach(() => rm(directory, { recursive: true }))

test('the first start makes a key that only its owner can read, and the next start uses it', async () => {
  const path = join(directory, 'master.key')
  const sealed = (await ensureMasterKey(path)).seal('secret', place)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await ensureMasterKey(path)).open(sealed, place)).toBe('secret')
})

test('eight processes that make the key at once all get the same, and leave nothing else behind', async () => {
  const path = join(directory, 'master.key')
  const keyrings = await Promise.all(Array.from({ length: 8 }, () => ensureMasterKey(path)))
  const sealed = keyrings[0]?.seal('secret', place) ?? ''
  for (const keyring of keyrings) expect(keyring.open(sealed, place)).toBe('secret')
  expect(await readdir(directory)).toEqual(['master.key'])
})

test('a key file that others can read is refused with the command that mends it', async () => {
  const path = join(directory, 'master.key')
  await ensureMasterKey(path)
  await chmod(path, 0o640)
  await expect(readMasterKey(path)).rejects.toMatchObject({
    code: 'SECRET_UNREADABLE',
    fix: `Run: chmod 600 '${path}'`,
  })
})

test('an empty, a cut or a missing key file is refused, and never replaced', async () => {
  const path = join(directory, 'master.key')
  await expect(readMasterKey(path)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' })
  for (const content of ['', '\n', 'AAAA\n']) {
    await writeFile(path, content, { mode: 0o600 })
    await expect(ensureMasterKey(path)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' })
    expect(await readFile(path, 'utf8')).toBe(content)
  }
})

test('a line put in front becomes the sealing key, and what older lines sealed still opens', async () => {
  const path = join(directory, 'master.key')
  const sealed = (await ensureMasterKey(path)).seal('secret', place)
  const other = join(directory, 'other.key')
  await ensureMasterKey(other)
  await writeFile(path, (await readFile(other, 'utf8')) + (await readFile(path, 'utf8')))
  expect((await readMasterKey(path)).open(sealed, place)).toBe('secret')
})
