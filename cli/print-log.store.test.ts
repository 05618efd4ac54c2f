import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { printLog } from '@/cli/print-log'
import type { Pair } from '@/lib/domain/pair'
import type { ServiceContext } from '@/lib/services/context'
import { systemClock } from '@/lib/time'
import { createTestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { insertPair } from '@/test/harness/store-fixtures'

let at: TestStore
let folder: string
let pair: Pair
let context: ServiceContext
beforeAll(async () => {
  at = await createTestStore()
  folder = mkdtempSync(join(tmpdir(), 'understudy-logs-'))
  const web = await createTestGround(at.store, systemClock)
  const profiles = new Map(
    [...web.ground.profiles].map(([id, profile]) => [id, { ...profile, logDirectory: folder }]),
  )
  context = { ...web.as('viewer'), profiles }
  pair = await insertPair(at.store)
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await at.close()
})

const logFile = () => join(folder, 'warm_standby.log')
const print = async (lines: number, follow: AbortSignal | null = null, write?: (text: string) => void) => {
  let said = ''
  const keep = (text: string) => {
    said += text
  }
  const given = { slug: pair.slug, log: 'warm-standby', host: 'standby', lines, follow } as const
  await printLog(context, { ...given, write: write ?? keep })
  return said
}

test('the last lines of a log are printed as they are', async () => {
  writeFileSync(logFile(), 'one\ntwo é\nthree\n')
  expect(await print(2)).toBe('two é\nthree\n')
  expect(await print(100)).toBe('one\ntwo é\nthree\n')
})

test('a followed log goes on with what is written, through a rotation, until it is ended', async () => {
  writeFileSync(logFile(), 'one\ntwo\n')
  const ended = new AbortController()
  let said = ''
  const printing = print(1, ended.signal, (text) => {
    said += text
  })
  await vi.waitFor(() => expect(said).toBe('two\n'), { timeout: 5_000 })
  appendFileSync(logFile(), 'three\n')
  await vi.waitFor(() => expect(said).toBe('two\nthree\n'), { timeout: 5_000 })
  writeFileSync(logFile(), 'new\n')
  await vi.waitFor(() => expect(said).toBe('two\nthree\nnew\n'), { timeout: 5_000 })
  // Rotated, with a line that nobody has read yet, and the new file longer than the old one was.
  appendFileSync(logFile(), 'last\n')
  renameSync(logFile(), `${logFile()}.1`)
  writeFileSync(logFile(), 'of the new file, which is longer\n')
  const whole = 'two\nthree\nnew\nlast\nof the new file, which is longer\n'
  await vi.waitFor(() => expect(said).toBe(whole), { timeout: 5_000 })
  ended.abort()
  await printing
})

test('a log that was never written, or is none of the pair’s, is said', async () => {
  rmSync(logFile())
  await expect(print(1)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringMatching(/yet\.$/),
  })
  const other = { slug: pair.slug, log: '../etc/passwd', host: 'standby', lines: 1, follow: null } as const
  await expect(printLog(context, { ...other, write: () => undefined })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
})
