import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { isTest, isWithin, listFiles, readSource, root } from '@/test/repository/source-files'

/** Whatever an operation, its worker, the hosts that it runs on or its proof is made of. */
const places = ['lib', 'host', 'lab', 'test/matrix', 'test/harness', 'package-lock.json']

/** Which code a chain was run on. */
export type CodeUnderProof = {
  /** The commit, with `+changes` where files differ from it. */
  readonly commit: string
  /** A sum of all that a chain runs: what was run on other code is run again. */
  readonly sum: string
}

/** Whether what a chain does may depend on this file. */
export const isUnderProof = (file: string): boolean =>
  places.some((place) => isWithin(file, place)) && !isTest(file) && !file.endsWith('.md')

const git = (...words: readonly string[]) =>
  execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim()

/** The code that stands here now. */
export function readCodeUnderProof(): CodeUnderProof {
  const hash = createHash('sha256')
  for (const file of listFiles().filter(isUnderProof)) hash.update(`${file}\0${readSource(file)}\0`)
  const isChanged = git('status', '--porcelain', '--', ...places) !== ''
  return {
    commit: `${git('rev-parse', '--short=9', 'HEAD')}${isChanged ? '+changes' : ''}`,
    sum: hash.digest('hex').slice(0, 16),
  }
}
