import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import type { OperationKind } from '@/lib/domain/operation'
import { reachedFrom } from '@/test/repository/imports'
import { isCode, isWithin, listFiles, readSource, root } from '@/test/repository/source-files'

/** What lives through a chain and judges it, and the workers that it starts: how the outcome is kept and told is no part of it. */
const beginnings = [
  'test/matrix/chain-task.ts',
  'test/matrix/matrix-stage.ts',
  'test/matrix/matrix-worker.ts',
]
/** Where files lie that no import names: programs for hosts, recipes of the lab, profiles, migrations. */
const places = ['lib', 'host', 'lab', 'package-lock.json']

/** Where what one kind of operation alone runs lies; what it shares with others is reached from there. */
const homes: Readonly<Record<OperationKind, readonly string[]>> = {
  adopt: ['lib/operations/adopt', 'test/matrix/adopt-scenarios.ts'],
  'change-settings': ['lib/operations/change-settings', 'test/matrix/change-scenarios.ts'],
  create: ['lib/operations/create'],
  drill: ['lib/operations/drill', 'test/matrix/drill-scenarios.ts'],
  fence: ['lib/operations/fence', 'test/matrix/fence-scenarios.ts'],
  pause: ['lib/operations/pause', 'test/matrix/pause-scenarios.ts'],
  promote: ['lib/operations/promote'],
  're-pair': ['lib/operations/repair', 'test/matrix/repair-scenarios.ts'],
  'repair-files': ['lib/operations/repair-files', 'test/matrix/repair-files-scenarios.ts'],
  resume: ['lib/operations/pause', 'test/matrix/pause-scenarios.ts'],
  switchover: ['lib/operations/switchover', 'test/matrix/switchover-scenarios.ts'],
  sync: ['lib/operations/sync', 'test/matrix/sync-scenarios.ts'],
  unpair: ['lib/operations/unpair', 'test/matrix/unpair-scenarios.ts'],
}

/** Files that do no more than choose among the kinds of operation: a chain goes through them to its own kinds only. */
const switchboards = [
  'lib/operations/build-registry.ts',
  'lib/operations/pair-planners.ts',
  'lib/operations/planners.ts',
  'test/matrix/scenarios.ts',
]

/** Which code a chain was run on. */
export type CodeUnderProof = {
  /** The commit, with `+changes` where files differ from it. */
  readonly commit: string
  /** A sum of all that a chain runs: what was run on other code is run again. */
  readonly sum: string
}

const isOf = (kind: OperationKind, file: string) => homes[kind].some((home) => isWithin(file, home))
const allKinds = Object.keys(homes) as readonly OperationKind[]

/** The files on which the outcome of a chain may depend that runs operations of these kinds, sorted. */
export function filesUnderProof(kinds: readonly OperationKind[] = allKinds): readonly string[] {
  const isFollowed = (from: string, to: string) =>
    !switchboards.includes(from) ||
    kinds.some((kind) => isOf(kind, to)) ||
    !allKinds.some((kind) => isOf(kind, to))
  const reached = reachedFrom(beginnings, isFollowed)
  const isOther = (file: string) =>
    !isCode(file) && !file.endsWith('.md') && places.some((place) => isWithin(file, place))
  return listFiles().filter((file) => reached.has(file) || isOther(file))
}

const git = (...words: readonly string[]) =>
  execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim()

/** The code that stands here now, of operations of these kinds. */
export function readCodeUnderProof(kinds: readonly OperationKind[] = allKinds): CodeUnderProof {
  const files = filesUnderProof(kinds)
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${file}\0${readSource(file)}\0`)
  const isChanged = git('status', '--porcelain', '--', ...files) !== ''
  return {
    commit: `${git('rev-parse', '--short=9', 'HEAD')}${isChanged ? '+changes' : ''}`,
    sum: hash.digest('hex').slice(0, 16),
  }
}
