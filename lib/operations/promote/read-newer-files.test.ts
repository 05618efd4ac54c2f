import { expect, test } from 'vitest'
import { AppError } from '@/lib/errors'
import { readNewerFiles } from '@/lib/operations/promote/read-newer-files'
import type { StoredObservation } from '@/lib/ports/store'
import { observationOf, pair } from '@/test/harness/observations'
import { hostOf } from '@/test/harness/operation-facts'
import { ScriptedDoor } from '@/test/harness/scripted-door'
import { aVerdict } from '@/test/harness/store-fixtures'

const hosts = { primary: hostOf('alpha', '10.7.0.11'), standby: hostOf('beta', '10.7.0.12') }
const latestOf = (...changes: Parameters<typeof observationOf>): StoredObservation => ({
  pairId: 'pair-1',
  observation: observationOf(...changes),
  verdict: aVerdict,
})
const read = (door: ScriptedDoor, latest: StoredObservation | null, of = pair) =>
  readNewerFiles({ door, hosts, pair: of, latest })

test('the primary is asked for what changed since each last good sync began, by its own clock', async () => {
  const door = new ScriptedDoor()
  door.onRun = () => 'vault 3 4096 all\netc 0 0 all\n'
  const latest = latestOf({
    standbyMachine: { clockOffsetMs: 60_000 },
    primaryMachine: { clockOffsetMs: -5_000 },
  })
  expect(await read(door, latest)).toMatch(
    /: 3 files \(4\.?\d* kB\) of Vault\. Nothing is newer in Settings\.$/,
  )
  // 14:07:01 and 14:05:01 by the clock of beta, which is 65 s ahead of alpha's.
  expect(door.ran[0]?.text).toMatch(/^search vault \S+ 2026-11-25T14:05:56\.000Z /m)
  expect(door.ran[0]?.text).toMatch(/^search etc \S+ 2026-11-25T14:03:56\.000Z /m)
})

test('a primary that does not answer is said, and so is a standby whose copies were not seen', async () => {
  const door = new ScriptedDoor()
  door.onRun = async () => {
    throw new AppError('HOST_UNREACHABLE', 'alpha can’t be reached.', { fix: 'Look.' })
  }
  expect(await read(door, latestOf())).toContain('can’t be known: alpha can’t be reached.')
  const unseen = latestOf({ standbyMachine: { unseen: 'HOST_UNREACHABLE' } })
  expect(await read(door, unseen)).toContain('when beta copied last was not seen')
  expect(await read(door, null)).toContain('can’t be known')
})

test('a pair without files is not asked at all', async () => {
  const door = new ScriptedDoor()
  expect(await read(door, latestOf(), { ...pair, scope: { database: true, files: false } })).toBe('')
  expect(door.ran).toEqual([])
})
