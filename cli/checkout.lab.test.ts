import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'

/**
 * The command line of a checkout that lacks something. Each runs with small or empty file systems mounted for it alone, which
 * takes what the lab takes; no host is booted.
 */
const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
const bundles = join(root, '.bundle')
beforeAll(() => {
  mkdirSync(bundles, { recursive: true })
})

/** Runs a program with a file system of `kilobytes` at each of `places`. */
function runWith(places: Readonly<Record<string, number>>, command: readonly string[]) {
  const mounts = Object.entries(places).map(
    ([place, size]) => `mount -t tmpfs -o size=${size}k tmpfs '${place}'`,
  )
  const text = [...mounts, 'exec "$@"'].join(' && ')
  const args = ['--mount', '--propagation', 'private', 'sh', '-c', text, 'sh', ...command]
  const { status, stdout, stderr } = spawnSync('unshare', args, { cwd: root, encoding: 'utf8' })
  return { status, stdout, lines: stderr.trim().split('\n') }
}
const understudy = [process.execPath, 'bin/understudy', '--help']

describe('the command line', () => {
  test('says in two lines that there is no room to build it', () => {
    expect(runWith({ [bundles]: 64 }, understudy)).toEqual({
      status: 1,
      stdout: '',
      lines: [
        `understudy: The command line has to be built, and there is no room for it in ${bundles}.`,
        '            Make room on its file system.',
      ],
    })
  })

  test('leaves nothing of a bundle that found no room', () => {
    const twice = `${process.execPath} bin/understudy --help 2>/dev/null; ls -A '${bundles}'`
    expect(runWith({ [bundles]: 64 }, ['sh', '-c', twice])).toMatchObject({ stdout: '' })
  })

  test('says in two lines that its packages are not installed, built or not', () => {
    const refused = {
      status: 1,
      stdout: '',
      lines: [
        `understudy: Packages that it needs are not installed in ${root}/node_modules.`,
        `            Run npm ci in ${root}.`,
      ],
    }
    const modules = join(root, 'node_modules')
    expect(runWith({ [modules]: 64, [bundles]: 64 }, understudy)).toEqual(refused)
    expect(runWith({}, understudy)).toMatchObject({ status: 0 })
    expect(runWith({ [modules]: 64 }, understudy)).toEqual(refused)
  })
})
