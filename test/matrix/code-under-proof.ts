import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
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

/** Which code a chain was run on. */
export type CodeUnderProof = {
  /** The commit, with `+changes` where files differ from it. */
  readonly commit: string
  /** A sum of all that a chain runs: what was run on other code is run again. */
  readonly sum: string
}

/** The files on which the outcome of a chain may depend, sorted. */
export function filesUnderProof(): readonly string[] {
  const reached = reachedFrom(beginnings)
  const isOther = (file: string) =>
    !isCode(file) && !file.endsWith('.md') && places.some((place) => isWithin(file, place))
  return listFiles().filter((file) => reached.has(file) || isOther(file))
}

const git = (...words: readonly string[]) =>
  execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim()

/** The code that stands here now. */
export function readCodeUnderProof(): CodeUnderProof {
  const files = filesUnderProof()
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${file}\0${readSource(file)}\0`)
  const isChanged = git('status', '--porcelain', '--', ...files) !== ''
  return {
    commit: `${git('rev-parse', '--short=9', 'HEAD')}${isChanged ? '+changes' : ''}`,
    sum: hash.digest('hex').slice(0, 16),
  }
}
