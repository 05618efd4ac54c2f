import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Command } from '@/lib/commands/command'
import { bringTargetBack, findTargetAside, putTargetAside } from '@/lib/commands/sync-targets'
import { targetExitCodes } from '@/lib/commands/target-content'
import { pairPlaces } from '@/lib/domain/host-places'
import { pairDirectory } from '@/lib/domain/pair-names'
import { targetPlace } from '@/lib/domain/sync-target'

/** A synced directory that is reached by a link, in a real shell on real files. One that is a mount point is in the lab. */
let home: string
const mark = '0a1b2c3d'
const path = (...parts: readonly string[]) => join(home, ...parts)
const put = (file: string, content: string, mode = 0o644) => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content, { mode })
}

/** Each counts how often it was called, a move of several as each of them, and kills the whole of it when it may do no more. */
const counted = `#!/bin/sh
name=\${0##*/}
once() { left=$(cat "$LEFT"); [ "$left" -gt 0 ] || kill -s KILL 0; echo $((left - 1)) >"$LEFT"; }
if [ "$name $1 $2" = 'mv -n -t' ]; then
  to=$3; shift 4
  for each; do once; /bin/mv -n -t "$to" -- "$each"; done
else once; PATH=/usr/bin:/bin exec "$name" "$@"; fi
`

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "understudy's content "))
  for (const name of ['mv', 'tar', 'mkdir', 'rmdir', 'rm', 'install']) put(path('bin', name), counted, 0o755)
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const at = () => pairPlaces({ privilege: 'unprivileged', user: userInfo().username, home }, 'ledger')
const target = () => ({ id: 'vault', path: path('srv/the vault'), staysInPlace: true })

/** Its exit code; null where it was killed. */
function run({ text }: Command, actsMax = 9_999): number | null {
  writeFileSync(path('left'), String(actsMax))
  const { status } = spawnSync('setsid', ['-w', '/bin/sh', '-c', text], {
    cwd: '/',
    env: { PATH: `${path('bin')}:/usr/bin:/bin`, LC_ALL: 'C', NODE_ENV: 'test', LEFT: path('left') },
  })
  return status !== null && status < 128 ? status : null
}

const old = ['a', '.hidden', '..two dots', '-rf', 'with a\nnewline', 'deep/er/file']
/** The link, and the directory that it leads to: with what belongs to its file system, and what an earlier operation left there. */
function ground() {
  const real = path('data')
  rmSync(path('srv'), { recursive: true, force: true })
  rmSync(real, { recursive: true, force: true })
  for (const name of old) put(join(real, name), 'old')
  put(join(real, '.understudy-source'), 'old mark')
  put(join(real, 'lost+found/x'), 'of the file system')
  put(join(real, '.understudy-11111111/kept'), 'of an earlier operation')
  mkdirSync(path('srv'))
  symlinkSync(real, target().path)
  chmodSync(real, 0o711)
  utimesSync(real, new Date('2001-02-03T04:05:06.700Z'), new Date('2001-02-03T04:05:06.700Z'))
  return real
}
const filesOf = (directory: string) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort()
/** All that is there, with the directory's own mode and time. */
const stateOf = (real: string) => {
  const { mode, mtimeMs } = lstatSync(real)
  return [mode.toString(8), mtimeMs, ...filesOf(real).map((name) => readFileSync(join(real, name), 'utf8'))]
}
/** As a first copy fills it: its mark is there last of all, and the directory gets the mode of the primary's. */
function copyInto(real: string) {
  for (const name of ['a', 'new', '.understudy-source']) put(join(real, name), 'new')
  chmodSync(real, 0o755)
}

describe('a directory that stays in its place', () => {
  test('makes room within itself, and has all back as it was, owner’s mode and time with it, wherever one of the two is cut off', () => {
    const [aside, back] = [putTargetAside, bringTargetBack].map((build) => build(at(), target(), mark))
    if (!aside || !back) throw new Error('there are two')
    let cuts = 0
    for (let isWhole = false; !isWhole; cuts += 1) {
      const real = ground()
      const before = stateOf(real)
      isWhole = run(aside, cuts) === 0
      const isThere = run(findTargetAside(at(), target(), mark)) === 0
      expect(isThere && filesOf(real).includes('a'), `${cuts} acts`).toBe(false)
      expect([run(aside), run(aside)]).toEqual([0, 0])
      expect(run(findTargetAside(at(), target(), mark))).toBe(0)
      expect(filesOf(real).filter((name) => !name.startsWith('.understudy-'))).toEqual(['lost+found/x'])
      expect(existsSync(join(real, '.understudy-source'))).toBe(false)
      expect(filesOf(targetPlace(target(), mark).aside)).toEqual([...old, '.understudy-source'].sort())
      copyInto(real)
      run(back, cuts)
      expect([run(back), run(back)]).toEqual([0, 0])
      expect(stateOf(real)).toEqual(before)
      expect(readdirSync(pairDirectory(at()))).toEqual([])
    }
    expect(cuts).toBeGreaterThan(10)
  })

  test('is brought back too where it was only half put aside', () => {
    for (let cut = 0; cut < 12; cut += 1) {
      const real = ground()
      const before = stateOf(real)
      run(putTargetAside(at(), target(), mark), cut)
      expect(run(bringTargetBack(at(), target(), mark))).toBe(0)
      expect(stateOf(real)).toEqual(before)
    }
  })

  test('has its mark only while it has all that the mark says it has', () => {
    for (let cut = 0; cut < 14; cut += 1) {
      const real = ground()
      const hasMark = () => existsSync(join(real, '.understudy-source'))
      run(putTargetAside(at(), target(), mark), cut)
      expect(hasMark() && !existsSync(join(real, 'a')), `${cut} acts`).toBe(false)
      run(putTargetAside(at(), target(), mark))
      copyInto(real)
      run(bringTargetBack(at(), target(), mark), cut)
      const names = filesOf(real).filter((name) => !name.startsWith('.understudy-') && !/lost/.test(name))
      expect(hasMark() && !names.includes('new') && names.length !== old.length, `${cut} acts back`).toBe(
        false,
      )
      run(bringTargetBack(at(), target(), mark))
    }
  })

  test('loses nothing to a name that is taken on its way', () => {
    const real = ground()
    put(join(`${targetPlace(target(), mark).aside}-part`, 'a'), 'of somebody')
    expect(run(putTargetAside(at(), target(), mark))).toBe(targetExitCodes.taken)
    expect(readFileSync(join(real, 'a'), 'utf8')).toBe('old')
    expect(readFileSync(join(`${targetPlace(target(), mark).aside}-part`, 'a'), 'utf8')).toBe('of somebody')
  })

  test('is not moved where it is neither a link nor the root of a file system any more, and not brought back from another one', () => {
    const real = ground()
    rmSync(target().path)
    mkdirSync(target().path)
    put(join(target().path, 'under the mount'), 'x')
    expect(run(putTargetAside(at(), target(), mark))).toBe(targetExitCodes.notMounted)
    expect(filesOf(target().path)).toEqual(['under the mount'])
    rmSync(target().path, { recursive: true })
    symlinkSync(real, target().path)
    expect(run(putTargetAside(at(), target(), mark))).toBe(0)
    rmSync(target().path)
    symlinkSync('/dev/shm', target().path)
    expect(run(bringTargetBack(at(), target(), mark))).toBe(targetExitCodes.notMounted)
    rmSync(target().path)
    symlinkSync(real, target().path)
    expect(run(bringTargetBack(at(), target(), mark))).toBe(0)
    expect(readFileSync(join(real, 'a'), 'utf8')).toBe('old')
  })
})
