import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { observationOf } from '@/test/harness/observations'
import { cliOf, type TestCli, testCli } from '@/test/harness/run-cli'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { aVerdict, insertPair } from '@/test/harness/store-fixtures'

/** One file of an operator's own profiles is broken; a pair rests on it, another one does not. */
let test_: TestStore
let base: TestCli
let cli: TestCli
let folder: string
beforeAll(async () => {
  test_ = await createTestStore()
  base = await testCli(test_.connectionString)
  folder = mkdtempSync(join(tmpdir(), 'understudy-profiles-'))
  const sound = readFileSync('lib/profiles/generic-debian.yaml', 'utf8')
  writeFileSync(
    join(folder, 'mine.yaml'),
    sound.replace('id: generic-debian', 'id: mine').replace('port: 5432', 'port: 99999'),
  )
  const ground = { dataDirectory: base.dataDirectory, databaseUrl: test_.connectionString }
  cli = cliOf(ground, { UNDERSTUDY_PROFILES_DIR: folder })
  const sane = await insertPair(test_.store, { slug: 'sane', isPaired: true })
  await insertPair(test_.store, { slug: 'lost', isPaired: true, profileId: 'mine' })
  await insertPair(test_.store, { slug: 'older', isPaired: true, profileId: 'gone' })
  const at = new Date().toISOString()
  await test_.store.observations.put({
    pairId: sane.id,
    observation: observationOf({}, at),
    verdict: { ...aVerdict, state: 'protected', reasons: ['All is well.'], since: at },
  })
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  base.remove()
  await test_.close()
})

const problem = () => `${join(folder, 'mine.yaml')}:14:9: postgres.port must be at most 65535`

test('a broken profile stops no command: every other pair is shown as it is', async () => {
  const { exitCode, stdout, stderr } = await cli.run(['status', '--pair', 'sane'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toMatch(/^State +Protected /m)
})

test('the pair that rests on it is unknown, with the place that has to be mended', async () => {
  const { exitCode, stdout } = await cli.run(['status', '--pair', 'lost'])
  expect(exitCode).toBe(6)
  expect(stdout).toContain(`Unknown: The profile “mine” can’t be used: ${problem()}.`)
  expect(stdout).toContain(`Mend ${join(folder, 'mine.yaml')} and restart Understudy.`)
  const seed = await cli.run(['status', '--pair', 'lost', '--host', 'primary', '--format', 'seed'])
  expect(seed).toMatchObject({ exitCode: 6, stdout: '', stderr: expect.stringContaining(problem()) })
  const refused = await cli.run(['plan', 'promote', '--pair', 'lost'])
  expect(refused.exitCode).toBe(1)
  expect(refused.stderr).toContain(`The profile “mine” can’t be used: ${problem()}.`)
})

test('doctor fails for the file, and for each pair that lacks its profile, and does not blame the worker for them', async () => {
  const { exitCode, stdout } = await cli.run(['doctor', '-o', 'json'])
  expect(exitCode).toBe(1)
  const checks: readonly PreflightCheck[] = JSON.parse(stdout)
  const checkOf = (id: string) => checks.find((check) => check.id === id)
  expect(checkOf('profiles')).toMatchObject({
    outcome: 'fail',
    evidence: expect.stringContaining(problem()),
    fix: `Mend or remove ${join(folder, 'mine.yaml')} and restart Understudy.`,
  })
  expect(checkOf('profile-of-lost')).toMatchObject({
    outcome: 'fail',
    evidence: expect.stringContaining(problem()),
  })
  expect(checkOf('profile-of-older')).toMatchObject({
    outcome: 'fail',
    evidence: 'There is no profile “gone”.',
    fix: expect.stringContaining('put its file into the directory of profiles and restart Understudy'),
  })
  expect(checkOf('profile-of-sane')).toBeUndefined()
  expect(checkOf('worker')).toMatchObject({ outcome: 'pass' })
})
