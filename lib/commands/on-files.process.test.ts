import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Command } from '@/lib/commands/command'
import { removeCopy, renameDirectory } from '@/lib/commands/move-directory'
import type { Sync } from '@/lib/commands/sync'
import {
  addAuthorization,
  authorizedLine,
  ensureKey,
  findAuthorization,
  makeAccessDirectory,
  readKey,
  removeAccessDirectory,
  removeAuthorization,
  removeKey,
} from '@/lib/commands/sync-access'
import { removeRunner, removeSender } from '@/lib/commands/sync-runs'
import {
  findMarks,
  markSources,
  removeAllMarks,
  removeMarks,
  sourceMarkForeign,
  sourceMissing,
} from '@/lib/commands/sync-sources'
import { bringTargetBack, findTargetAside, putTargetAside } from '@/lib/commands/sync-targets'
import { targetExitCodes } from '@/lib/commands/target-content'
import { pairPlaces } from '@/lib/domain/host-places'
import { asidePath, copyPath } from '@/lib/domain/pair-names'
import { sendProgram, settingsDirectory, sourceMarkName, syncProgram } from '@/lib/domain/sync-names'

/** What the commands do to real files below the home of a user, in a real shell. On whole machines the lab proves the same. */
let home: string
const user = userInfo().username
const places = (slug: string) => pairPlaces({ privilege: 'unprivileged', user, home }, slug)
const path = (...parts: readonly string[]) => join(home, ...parts)
const put = (file: string, content: string) => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}
const run = ({ text, stdin }: Command): SpawnSyncReturns<string> =>
  spawnSync('/bin/sh', ['-c', text], {
    cwd: '/',
    input: stdin ?? '',
    encoding: 'utf8',
    env: { PATH: `${path('bin')}:/usr/bin:/bin`, LC_ALL: 'C', NODE_ENV: 'test' },
  })
const done = (command: Command) => {
  const { status, stdout, stderr } = run(command)
  if (status !== 0) throw new Error(`exit code ${status}: ${stderr}\n${command.text}`)
  return stdout
}
const code = (command: Command) => run(command).status

/** Everything below the home but what a test itself brings: names, kinds, modes, contents. */
function traces(): readonly string[] {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.parentPath.startsWith(path('bin')) && entry.name !== 'bin')
    .map((entry) => {
      const name = join(entry.parentPath, entry.name)
      const { mode } = lstatSync(name)
      return `${name} ${mode.toString(8)} ${entry.isFile() ? readFileSync(name, 'utf8') : ''}`
    })
    .toSorted()
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'understudy-files-'))
  put(path('bin/getent'), `#!/bin/sh\necho "$3:x:0:0::${home}:/bin/sh"\n`)
  put(path('bin/sync'), '#!/bin/sh\nexit 0\n')
  for (const name of ['getent', 'sync']) spawnSync('chmod', ['755', path('bin', name)])
  mkdirSync(places('ledger').state, { recursive: true })
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

describe('authorized_keys', () => {
  const file = () => path('.ssh/authorized_keys')
  const lineOf = (slug: string, key = 'ssh-ed25519 AAAA understudy') =>
    authorizedLine(
      { standbyAddress: '10.0.0.2', places: { primary: places(slug), standby: places(slug) } },
      key,
    )
  const add = (slug = 'ledger') => {
    done(makeAccessDirectory(places(slug), user))
    done(addAuthorization(places(slug), user, lineOf(slug)))
  }
  const remove = (slug = 'ledger') => {
    done(removeAuthorization(places(slug), user))
    done(removeAccessDirectory(places(slug)))
  }

  test('gets the line once, and is byte for byte what it was once that is taken back, whatever it held', () => {
    const anyLine = fc.constantFrom(
      '',
      '# mine',
      'ssh-rsa AAAA one',
      'no-pty ssh-rsa AAAA "t w o"',
      '\t',
      'žluťoučký',
    )
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 5 }), fc.boolean(), (lines, isEnded) => {
        put(file(), lines.join('\n') + (isEnded ? '\n' : ''))
        const before = traces()
        for (let round = 0; round < 2; round += 1) add()
        expect(
          readFileSync(file(), 'utf8')
            .split('\n')
            .filter((line) => line === lineOf('ledger')),
        ).toHaveLength(1)
        expect(code(findAuthorization(user, lineOf('ledger')))).toBe(0)
        for (let round = 0; round < 2; round += 1) remove()
        expect(traces()).toEqual(before)
      }),
      { numRuns: 12 },
    )
  })

  test.each([
    ['there was none', () => mkdirSync(path('.ssh'), { mode: 0o700 })],
    ['there was not even its directory', () => undefined],
  ])('is gone again where %s', (_, prepare) => {
    prepare()
    const before = traces()
    add()
    expect(lstatSync(file()).mode & 0o077).toBe(0)
    remove()
    expect(traces()).toEqual(before)
  })

  test('keeps the lines of other pairs, also of one whose name begins alike', () => {
    for (const slug of ['ledger', 'ledger-2', 'led']) {
      mkdirSync(places(slug).state, { recursive: true })
      add(slug)
    }
    remove('ledger')
    expect(readFileSync(file(), 'utf8').trimEnd().split('\n')).toEqual([lineOf('ledger-2'), lineOf('led')])
    expect(code(findAuthorization(user, lineOf('ledger')))).not.toBe(0)
  })

  test('keeps what somebody added meanwhile', () => {
    put(file(), 'ssh-rsa AAAA one\n')
    add()
    writeFileSync(file(), `${readFileSync(file(), 'utf8')}ssh-rsa AAAA two\n`)
    remove()
    expect(readFileSync(file(), 'utf8')).toBe('ssh-rsa AAAA one\nssh-rsa AAAA two\n')
  })

  test('that is a link is changed where it lies, and stays a link', () => {
    put(path('elsewhere/keys'), 'ssh-rsa AAAA one\n')
    mkdirSync(path('.ssh'))
    symlinkSync(path('elsewhere/keys'), file())
    add()
    expect(lstatSync(file()).isSymbolicLink()).toBe(true)
    expect(readFileSync(path('elsewhere/keys'), 'utf8')).toContain(lineOf('ledger'))
    remove()
    expect(readFileSync(path('elsewhere/keys'), 'utf8')).toBe('ssh-rsa AAAA one\n')
  })
})

describe('the key of the standby', () => {
  test('is made once, readable by its owner alone, and taken away with all that came with it', () => {
    const before = traces()
    const made = done(ensureKey(places('ledger')))
    expect(made).toMatch(/^ssh-ed25519 \S+ understudy-ledger\n$/)
    expect(done(ensureKey(places('ledger')))).toBe(made)
    expect(done(readKey(places('ledger')))).toBe(made)
    expect(lstatSync(join(places('ledger').state, 'ledger/sync_key')).mode & 0o077).toBe(0)
    for (let round = 0; round < 2; round += 1) done(removeKey(places('ledger')))
    expect(done(readKey(places('ledger')))).toBe('')
    expect(traces()).toEqual(before)
  })

  test('half of which is lost is made anew, whole', () => {
    const made = done(ensureKey(places('ledger')))
    rmSync(join(places('ledger').state, 'ledger/sync_key.pub'))
    const again = done(ensureKey(places('ledger')))
    expect(again).not.toBe(made)
    expect(done(readKey(places('ledger')))).toBe(again)
  })
})

describe('the marks of the primary', () => {
  const names = ['plain', 'two words', "it's", '-rf', '$(touch pwned)', '`id`', 'žluťoučký', '*']
  const syncOf = (): Pick<Sync, 'places' | 'directories'> => ({
    places: { primary: places('ledger'), standby: places('ledger') },
    directories: names.map((name, index) => ({
      id: `d${index}`,
      title: name,
      path: path('srv', name),
      log: 'x.log',
      schedule: '* * * * *',
    })),
  })

  test('are made, found and taken back, each also twice, under names that a shell would misread', () => {
    for (const name of names) mkdirSync(path('srv', name), { recursive: true })
    const before = traces()
    for (let round = 0; round < 2; round += 1) done(markSources(syncOf(), '0a1b2c3d'))
    expect(code(findMarks(syncOf()))).toBe(0)
    for (const [index, name] of names.entries())
      expect(readFileSync(path('srv', name, sourceMarkName), 'utf8')).toBe(`0a1b2c3d-d${index}\n`)
    for (let round = 0; round < 2; round += 1) done(removeMarks(syncOf(), '0a1b2c3d'))
    expect(traces().filter((line) => !line.startsWith(places('ledger').settings))).toEqual(before)
    expect(existsSync('/pwned')).toBe(false)
  })

  test('of another operation are used as they are, and stay', () => {
    for (const name of names) mkdirSync(path('srv', name), { recursive: true })
    put(path('srv/plain', sourceMarkName), 'older\n')
    done(markSources(syncOf(), '0a1b2c3d'))
    expect(code(findMarks(syncOf()))).toBe(0)
    done(removeMarks(syncOf(), '0a1b2c3d'))
    expect(readFileSync(path('srv/plain', sourceMarkName), 'utf8')).toBe('older\n')
  })

  test('of whichever operation go when the pair is taken apart, and those by which another pair sends stay', () => {
    for (const name of names) mkdirSync(path('srv', name), { recursive: true })
    const before = traces()
    const half = { ...syncOf(), directories: syncOf().directories.slice(0, 4) }
    done(markSources(half, '0a1b2c3d'))
    done(markSources(syncOf(), '4e5f6a7b'))
    const [first = ''] = names
    const others = join(places('ledger').settings, 'other', 'send')
    put(others, `files 0a1b2c3d-d0 ${path('srv', first)}\n`)
    for (let round = 0; round < 2; round += 1) done(removeAllMarks(places('ledger'), syncOf().directories))
    const isMarked = names.map((name) => existsSync(path('srv', name, sourceMarkName)))
    expect(isMarked).toEqual(names.map((_, index) => index === 0))
    rmSync(others)
    rmSync(path('srv', first, sourceMarkName))
    expect(traces().filter((line) => !line.startsWith(places('ledger').settings))).toEqual(before)
  })

  test('by which another pair sends stay when this one is taken apart', () => {
    for (const name of names) mkdirSync(path('srv', name), { recursive: true })
    done(markSources(syncOf(), '0a1b2c3d'))
    const [first = ''] = names
    const others = join(places('ledger').settings, 'other', 'send')
    put(others, `files 0a1b2c3d-d0 ${path('srv', first)}\n`)
    done(removeMarks(syncOf(), '0a1b2c3d'))
    const isMarked = names.map((name) => existsSync(path('srv', name, sourceMarkName)))
    expect(isMarked).toEqual(names.map((_, index) => index === 0))
  })

  test('that are links, or nothing that a mark can be, are refused: everybody may read the list', () => {
    for (const name of names) mkdirSync(path('srv', name), { recursive: true })
    put(path('secret'), 'root-of-all-evil\n')
    symlinkSync(path('secret'), path('srv/plain', sourceMarkName))
    const isRefused = () => {
      const { status, stdout } = run(markSources(syncOf(), '0a1b2c3d'))
      expect([status, stdout]).toEqual([sourceMarkForeign, `${path('srv/plain')}\n`])
      expect(existsSync(join(settingsDirectory(places('ledger')), 'send'))).toBe(false)
    }
    isRefused()
    rmSync(path('srv/plain', sourceMarkName))
    put(path('srv/plain', sourceMarkName), 'root:$y$j9T:1\n')
    isRefused()
  })

  test('are not made where a directory is missing, which is named', () => {
    const { status, stdout } = run(markSources(syncOf(), '0a1b2c3d'))
    expect([status, stdout]).toEqual([sourceMissing, `${path('srv/plain')}\n`])
    expect(existsSync(join(settingsDirectory(places('ledger')), 'send'))).toBe(false)
  })

  test.each([
    ['one is gone', () => rmSync(path('srv/plain', sourceMarkName))],
    ['one is another', () => writeFileSync(path('srv/plain', sourceMarkName), 'other\n')],
    ['the list is gone', () => rmSync(join(settingsDirectory(places('ledger')), 'send'))],
  ])('are not found when %s', (_, harm) => {
    for (const name of names) mkdirSync(path('srv', name), { recursive: true })
    done(markSources(syncOf(), '0a1b2c3d'))
    spawnSync('chmod', ['644', path('srv/plain', sourceMarkName)])
    harm()
    expect(code(findMarks(syncOf()))).not.toBe(0)
  })
})

describe('a directory that makes room', () => {
  const mark = '0a1b2c3d'
  test.each(['plain', 'two words', "it's $(touch pwned)", '-rf'])(
    'is put aside and brought back, each also twice, by whatever name: %s',
    (name) => {
      const target = { id: 'vault', path: path('srv', name), staysInPlace: false }
      put(join(target.path, 'old'), 'old')
      const before = traces()
      for (let round = 0; round < 2; round += 1) done(putTargetAside(places('ledger'), target, mark))
      expect(code(findTargetAside(places('ledger'), target, mark))).toBe(0)
      expect(readFileSync(join(asidePath(target.path, mark), 'old'), 'utf8')).toBe('old')
      put(join(target.path, 'new'), 'new')
      for (let round = 0; round < 2; round += 1) done(bringTargetBack(places('ledger'), target, mark))
      expect(traces()).toEqual(before)
    },
  )

  test('that was not there is not there again, and its absence is remembered until then', () => {
    const target = { id: 'vault', path: path('srv/vault'), staysInPlace: false }
    mkdirSync(path('srv'))
    done(putTargetAside(places('ledger'), target, mark))
    expect(code(findTargetAside(places('ledger'), target, mark))).toBe(0)
    put(join(target.path, 'new'), 'new')
    done(bringTargetBack(places('ledger'), target, mark))
    expect(existsSync(target.path)).toBe(false)
    expect(code(findTargetAside(places('ledger'), target, mark))).not.toBe(0)
  })

  test('whose copy was taken out by an undo before, and copied again, loses neither', () => {
    const target = { id: 'vault', path: path('srv/vault'), staysInPlace: false }
    put(join(asidePath(target.path, mark), 'old'), 'old')
    put(join(copyPath(target.path, mark), 'first'), 'first')
    put(join(target.path, 'second'), 'second')
    expect(code(bringTargetBack(places('ledger'), target, mark))).toBe(targetExitCodes.taken)
    expect(existsSync(join(target.path, 'second'))).toBe(true)
    expect(existsSync(join(copyPath(target.path, mark), 'first'))).toBe(true)
  })
})

describe('a data directory', () => {
  test.each([
    ['a directory', (to: string) => mkdirSync(to)],
    ['a file', (to: string) => writeFileSync(to, 'x')],
    ['a link that leads nowhere', (to: string) => symlinkSync('/nowhere', to)],
  ])('is never moved over %s', (_, take) => {
    put(path('main/old'), 'old')
    take(path('aside'))
    expect(code(renameDirectory(path('main'), path('aside')))).toBe(17)
    expect(readFileSync(path('main/old'), 'utf8')).toBe('old')
  })

  test('keeps its content under its new name, and a copy of ours is removed whole', () => {
    const copy = copyPath(path('it’s main'), '0a1b2c3d')
    put(path('it’s main/old'), 'old')
    done(renameDirectory(path('it’s main'), copy))
    expect(readFileSync(join(copy, 'old'), 'utf8')).toBe('old')
    for (let round = 0; round < 2; round += 1) done(removeCopy(copy))
    expect(existsSync(copy)).toBe(false)
  })
})

test('a program goes with the last pair of the host that needs it', () => {
  const list = (slug: string) => join(settingsDirectory(places(slug)), 'send')
  for (const slug of ['one', 'two']) {
    put(join(settingsDirectory(places(slug)), 'pair.conf'), 'x')
    put(list(slug), '')
  }
  for (const program of [syncProgram(places('one')), sendProgram(places('one'))]) put(program, 'x')
  done(removeRunner(places('one')))
  done(removeAllMarks(places('one'), []))
  done(removeSender(places('one')))
  expect([syncProgram, sendProgram].map((program) => existsSync(program(places('one'))))).toEqual([
    true,
    true,
  ])
  // One that sends still is none that copies.
  done(removeRunner(places('two')))
  expect([syncProgram, sendProgram].map((program) => existsSync(program(places('one'))))).toEqual([
    false,
    true,
  ])
  done(removeAllMarks(places('two'), []))
  done(removeSender(places('two')))
  expect(existsSync(sendProgram(places('one')))).toBe(false)
  for (let round = 0; round < 2; round += 1) done(removeRunner(places('two')))
})
