import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './source-files'

test('continuous integration runs the one test command, so that a lab that can’t run is a failure, whoever calls it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-ci-'))
  writeFileSync(join(folder, 'npm'), '#!/bin/sh\necho "npm $* in $PWD, CI=$CI"\n', { mode: 0o755 })
  const env = { NODE_ENV: 'test', PATH: `${folder}:/usr/bin:/bin` } as const
  const printed = execFileSync(join(root, '.ci/run'), { cwd: tmpdir(), env, encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  expect(printed).toBe(`npm test in ${root}, CI=1\n`)
})
