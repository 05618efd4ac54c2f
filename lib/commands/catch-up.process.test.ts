import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { endCopies } from '@/lib/commands/sync-runs'
import {
  catchUpProgram,
  packageRunsDirectory,
  packagesProgram,
  settingsDirectory,
  syncProgram,
} from '@/lib/domain/sync-names'
import { parseRunRecord } from '@/lib/facts/directory-runs'
import { FolderRunner } from '@/test/harness/folder-runner'

const ids = ['app', 'certs', 'docs', 'keys', 'media', 'notes']
let runner: FolderRunner
beforeEach(() => {
  runner = new FolderRunner(ids)
})
afterEach(() => runner.dispose())

const at = () => runner.sync.places.standby
const resultOf = (id: string) => {
  const path = join(runner.runs, `${id}.last`)
  return existsSync(path) ? parseRunRecord(readFileSync(path, 'utf8').trim())?.result : undefined
}
const copy = (id: string) => spawnSync(syncProgram(at()), ['ledger', id])
const catchUp = (...more: readonly string[]) => spawnSync(catchUpProgram(at()), ['ledger', ...more])

test('of all directories those are copied again whose last copy found no connection', () => {
  runner.rsyncEnds(255)
  for (const id of ['app', 'certs']) copy(id)
  runner.rsyncEnds(11)
  copy('docs')
  runner.rsyncEnds(0)
  copy('keys')
  expect(catchUp().status).toBe(0)
  expect(['app', 'certs', 'docs', 'keys', 'media'].map(resultOf)).toEqual([
    'ok',
    'ok',
    'failed-write',
    'ok',
    undefined,
  ])
})

test('after a boot every directory is copied, once PostgreSQL says that this is a standby', () => {
  runner.put(
    runner.in('bin/sleep'),
    `#!/bin/sh\n[ "$1" = 5 ] || exec /bin/sleep "$@"\necho t >'${runner.in('role')}'\n`,
    0o755,
  )
  runner.put(runner.in('bin/psql'), `#!/bin/sh\ncat '${runner.in('role')}' 2>/dev/null\n`, 0o755)
  expect(catchUp('--boot').status).toBe(0)
  expect(ids.map(resultOf)).toEqual(ids.map(() => 'ok'))
})

test('after a boot as a writable primary nothing is copied, and nothing waits', () => {
  runner.roleIs('f')
  expect(catchUp('--boot').status).toBe(0)
  expect(ids.map(resultOf)).toEqual(ids.map(() => 'skipped-role'))
  expect(existsSync(runner.in('given'))).toBe(false)
})

test('four copies run at once, the others after them; all of them, also those that wait, are ended at once', async () => {
  runner.rsyncIs(`echo x >>'${runner.in('begun')}'; exec sleep 600`)
  const all = spawn(catchUpProgram(at()), ['ledger', '--boot'], { stdio: 'ignore' })
  const ended = once(all, 'exit')
  const haveLocks = () => ids.every((id) => existsSync(join(runner.runs, `${id}.running`)))
  const begun = () =>
    existsSync(runner.in('begun')) ? readFileSync(runner.in('begun'), 'utf8').length / 2 : 0
  await awaitFact('all have their locks', async () => haveLocks() && begun() >= 4)
  expect(begun()).toBe(4)
  const wanted = ['vault', 'nested', ...ids]
  expect(spawnSync('/bin/sh', ['-c', endCopies(at(), wanted).text]).status).toBe(0)
  await ended
  expect(begun()).toBe(4)
})

test('packages are asked for again where the last run found no connection, and after a boot; without them nothing is', () => {
  const said = runner.in('said')
  const asked = () => (existsSync(said) ? readFileSync(said, 'utf8') : '')
  runner.put(packagesProgram(at()), `#!/bin/sh\necho "$*" >>'${said}'\n`, 0o755)
  catchUp()
  expect(asked()).toBe('')
  runner.put(join(settingsDirectory(at()), 'packages.conf'), 'system=yes\n')
  catchUp()
  expect(asked()).toBe('')
  runner.put(join(packageRunsDirectory(at()), 'run.last'), '{"result":"failed-connection"}\n')
  catchUp()
  catchUp('--boot')
  expect(asked()).toBe('ledger\nledger --boot\n')
})
