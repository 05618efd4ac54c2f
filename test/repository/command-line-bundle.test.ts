import { execFile } from 'node:child_process'
import { readFileSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { root } from './source-files'

const run = promisify(execFile)

/** Where a process that starts now finds the command line. */
async function bundle(): Promise<string> {
  const script = `import { ensureBundle } from './bin/ensure-bundle.mjs'; console.log(await ensureBundle())`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: root })
  return stdout.trim()
}

test('the command line is built anew when one of its sources has changed, and only then', async () => {
  const first = await bundle()
  expect(await bundle()).toBe(first)
  const source = join(root, 'cli/text-table.ts')
  const { atime, mtimeMs } = statSync(source)
  utimesSync(source, atime, new Date(mtimeMs + 1_000))
  const second = await bundle()
  expect(second).not.toBe(first)
  expect(await bundle()).toBe(second)
})

test('what is started does not load what other commands need', async () => {
  const main = readFileSync(fileURLToPath(await bundle()), 'utf8')
  const loaded = [...main.matchAll(/^import .*?from "([^"]+)"|^import "([^"]+)"/gm)].map(
    ([, named, bare]) => named ?? bare ?? '',
  )
  expect(loaded.filter((name) => !name.startsWith('.'))).toEqual(['commander'])
})
