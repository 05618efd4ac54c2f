import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Command } from '@/lib/commands/command'
import {
  bringReachBack,
  dropNewKey,
  endRotation,
  isNewKeyPlaced,
  isOneAuthorization,
  isRotationOver,
  keepOneAuthorization,
  keepReach,
  makeNewKey,
  placeNewKey,
  putOldKeyBack,
  readNewKey,
  rotationKept,
} from '@/lib/commands/key-rotation'
import {
  addAuthorization,
  authorizedLine,
  ensureKey,
  findAuthorization,
  makeAccessDirectory,
  readKey,
  removeAccessDirectory,
  removeAuthorization,
  takeBackAuthorization,
} from '@/lib/commands/sync-access'
import { pairPlaces } from '@/lib/domain/host-places'
import { knownHostsPath, pairFilePath, syncKeyPath } from '@/lib/domain/sync-names'

/** What the commands of a rotation do to real files and real keys below the home of a user, in a real shell. */
let home: string
const user = userInfo().username
const mark = '0a1b2c3d'
const at = () => pairPlaces({ privilege: 'unprivileged', user, home }, 'ledger')
const path = (...parts: readonly string[]) => join(home, ...parts)
const key = () => syncKeyPath(at())
const put = (file: string, content: string) => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}
const run = ({ text }: Command): SpawnSyncReturns<string> =>
  spawnSync('/bin/sh', ['-c', text], {
    cwd: '/',
    encoding: 'utf8',
    env: { PATH: `${path('bin')}:/usr/bin:/bin`, LC_ALL: 'C', NODE_ENV: 'test', COUNT: path('bin/count') },
  })
const done = (command: Command) => {
  const { status, stdout, stderr } = run(command)
  if (status !== 0) throw new Error(`exit code ${status}: ${stderr}\n${command.text}`)
  return stdout
}
const isSo = (command: Command) => run(command).status === 0

/** Everything below the home but the test's own programs: names, kinds, modes, contents. */
const traces = (): readonly string[] =>
  readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.parentPath.startsWith(path('bin')) && entry.name !== 'bin')
    .map((entry) => {
      const name = join(entry.parentPath, entry.name)
      const { mode } = lstatSync(name)
      return `${name} ${mode.toString(8)} ${entry.isFile() ? readFileSync(name, 'utf8') : ''}`
    })
    .toSorted()

/** Programs that change files, each of which kills its shell, as a power cut does, once `COUNT` of them have run: before it acts, or after. */
function breakOff(count: number, when: 'before' | 'after'): void {
  put(path('bin/count'), String(count))
  for (const program of ['mv', 'rm', 'cp', 'sync', 'mkdir', 'rmdir', 'ssh-keygen']) {
    const act = program === 'sync' ? 'true' : `/usr/bin/${program} "$@"`
    const die = '{ kill -9 $PPID; exit; }'
    const text =
      when === 'before'
        ? `[ "$left" -gt 0 ] || ${die}\n${act}`
        : `${act}\ncode=$?\n[ "$left" -gt 0 ] || ${die}\nexit "$code"`
    put(path('bin', program), `#!/bin/sh\nleft=$(($(cat "$COUNT") - 1)); echo "$left" >"$COUNT"\n${text}\n`)
    chmodSync(path('bin', program), 0o755)
  }
}
const endless = 1_000

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'understudy-rotation-'))
  put(path('bin/getent'), `#!/bin/sh\necho "$3:x:0:0::${home}:/bin/sh"\n`)
  chmodSync(path('bin/getent'), 0o755)
  breakOff(endless, 'before')
  mkdirSync(at().state, { recursive: true })
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** The public part of the private key in place, as ssh takes it; and throws where the file beside it is another one's. */
function keyInPlace(): string {
  const { stdout, status } = spawnSync('ssh-keygen', ['-y', '-f', key()], { encoding: 'utf8' })
  expect(status).toBe(0)
  const [type, base64] = stdout.split(' ')
  if (existsSync(`${key()}.pub`)) expect(readFileSync(`${key()}.pub`, 'utf8')).toContain(base64?.trim())
  return `${type} ${base64}`.trim()
}

describe('exchanging the key', () => {
  test('leaves the new one in place with all of its parts, readable by its owner alone, and the old one beside it until the end', () => {
    const old = done(ensureKey(at()))
    done(makeNewKey(at(), mark))
    expect(keyInPlace()).toBe(old.split(' ').slice(0, 2).join(' '))
    const made = done(readNewKey(at(), mark))
    expect(made).toMatch(/^ssh-ed25519 \S+ understudy-ledger-0a1b2c3d\n$/)
    for (let round = 0; round < 2; round += 1) done(makeNewKey(at(), mark))
    expect(isSo(isNewKeyPlaced(at(), mark))).toBe(false)
    for (let round = 0; round < 2; round += 1) done(placeNewKey(at(), mark))
    expect(isSo(isNewKeyPlaced(at(), mark))).toBe(true)
    expect([done(readNewKey(at(), mark)), done(readKey(at()))]).toEqual([made, made])
    expect(keyInPlace()).toBe(made.split(' ').slice(0, 2).join(' '))
    expect(lstatSync(key()).mode & 0o077).toBe(0)
    expect(isSo(isRotationOver(at()))).toBe(false)
    for (let round = 0; round < 2; round += 1) done(endRotation(at()))
    expect(isSo(isRotationOver(at()))).toBe(true)
    expect(readdirSync(dirname(key())).toSorted()).toEqual(['sync_key', 'sync_key.pub'])
  })

  test.each(['before', 'after'] as const)(
    'broken off anywhere (%s a program acts), it goes on or is taken back, and a copy always has one whole key',
    (when) => {
      const old = done(ensureKey(at()))
      const before = traces()
      let reached = 0
      for (let count = 1; ; count += 1) {
        for (const [first, next] of [
          [[makeNewKey, placeNewKey], 'on'],
          [[makeNewKey, placeNewKey], 'back'],
        ] as const) {
          breakOff(count, when)
          const isCut = first.some((step) => run(step(at(), mark)).status !== 0)
          breakOff(endless, 'before')
          if (!isCut) reached = count
          keyInPlace()
          if (next === 'on') for (const step of first) done(step(at(), mark))
          if (next === 'on') expect(keyInPlace()).toContain(done(readNewKey(at(), mark)).split(' ')[1])
          // Broken off as well, once, wherever it then is.
          breakOff((count % 5) + 1, when)
          run(putOldKeyBack(at(), mark))
          breakOff(endless, 'before')
          keyInPlace()
          done(putOldKeyBack(at(), mark))
          done(dropNewKey(at(), mark))
          expect(traces()).toEqual(before)
          expect(done(readKey(at()))).toBe(old)
        }
        if (reached > 0) break
      }
      // As many programs as the whole exchange starts: fewer would mean that nothing was broken off.
      expect(reached).toBeGreaterThan(10)
    },
  )

  test('of a key that is lost makes one, and taken back leaves none', () => {
    mkdirSync(dirname(key()), { recursive: true })
    const before = traces()
    for (const step of [makeNewKey, placeNewKey]) done(step(at(), mark))
    expect(keyInPlace()).toContain(done(readNewKey(at(), mark)).split(' ')[1])
    done(putOldKeyBack(at(), mark))
    done(dropNewKey(at(), mark))
    expect(traces()).toEqual(before)
  })
})

test('a public part that a power cut took is told by the private one', () => {
  const made = done(ensureKey(at()))
  rmSync(`${key()}.pub`)
  expect(done(readKey(at())).split(' ').slice(0, 2)).toEqual(made.trim().split(' ').slice(0, 2))
})

describe('what tells the standby how the primary is reached', () => {
  test.each(['before', 'after'] as const)('is brought back as it was, broken off anywhere (%s)', (when) => {
    mkdirSync(dirname(key()), { recursive: true })
    put(pairFilePath(at()), 'primary=10.0.0.1\n')
    const before = traces()
    for (let count = 1; count < 12; count += 1) {
      breakOff(count, when)
      run(keepReach(at(), mark))
      breakOff(endless, 'before')
      done(keepReach(at(), mark))
      put(pairFilePath(at()), 'primary=10.0.0.9\n')
      // What was kept stays: a second run does not take the new content for the old one.
      done(keepReach(at(), mark))
      put(knownHostsPath(at()), '10.0.0.9 ssh-ed25519 AAAA\n')
      breakOff(count, when)
      run(bringReachBack(at(), mark))
      breakOff(endless, 'before')
      for (let round = 0; round < 2; round += 1) done(bringReachBack(at(), mark))
      expect(traces()).toEqual(before)
      breakOff(count, when)
      run(keepReach(at(), mark))
      breakOff(endless, 'before')
      done(bringReachBack(at(), mark))
      expect(traces()).toEqual(before)
    }
  })
})

describe('authorized_keys', () => {
  const file = () => path('.ssh/authorized_keys')
  const lineOf = (word: string) =>
    authorizedLine(
      { standbyAddress: '10.0.0.2', places: { primary: at(), standby: at() } },
      `ssh-ed25519 ${word} x`,
    )
  const letIn = () => readFileSync(file(), 'utf8')
  const rotateIn = (word: string) => {
    done(makeAccessDirectory(at(), user))
    done(addAuthorization(at(), user, lineOf(word), rotationKept(mark)))
  }

  test.each([
    ['with lines of somebody else’s', 'ssh-rsa AAAA one\n# two'],
    ['where there was none', null],
  ])(
    'is byte for byte as before once a new key is taken back, and once the pair has gone: %s',
    (_, content) => {
      if (content !== null) put(file(), content)
      const without = traces()
      done(makeAccessDirectory(at(), user))
      done(addAuthorization(at(), user, lineOf('OLD')))
      utimesSync(file(), 1_000_000, 1_000_000)
      const before = [traces(), lstatSync(file()).mtimeMs]
      for (let round = 0; round < 2; round += 1) rotateIn('NEW')
      for (const word of ['OLD', 'NEW']) expect(isSo(findAuthorization(user, lineOf(word)))).toBe(true)
      for (let round = 0; round < 2; round += 1) {
        done(takeBackAuthorization(at(), user, lineOf('NEW'), rotationKept(mark)))
        done(removeAccessDirectory(at()))
      }
      expect([traces(), lstatSync(file()).mtimeMs]).toEqual(before)
      rotateIn('NEW')
      for (let round = 0; round < 2; round += 1) done(keepOneAuthorization(at(), user, lineOf('NEW')))
      done(removeAuthorization(at(), user))
      done(removeAccessDirectory(at()))
      expect(traces()).toEqual(without)
    },
  )

  test('has the new line alone in the end, and every line of other pairs and of somebody else’s', () => {
    const other = lineOf('OLD').replace(' ledger"', ' ledger-2"')
    put(file(), `ssh-rsa AAAA one\n${lineOf('OLDER')}\n${other}\n${lineOf('OLD')}\nssh-rsa AAAA two`)
    rotateIn('NEW')
    expect(isSo(isOneAuthorization(at(), user, lineOf('NEW')))).toBe(false)
    done(keepOneAuthorization(at(), user, lineOf('NEW')))
    expect(isSo(isOneAuthorization(at(), user, lineOf('NEW')))).toBe(true)
    expect(letIn()).toBe(`ssh-rsa AAAA one\n${other}\nssh-rsa AAAA two\n${lineOf('NEW')}\n`)
    expect(readdirSync(path('.understudy/state/ledger/access'))).toEqual([])
  })

  test('loses no line where the one that is to stay is not there', () => {
    put(file(), `${lineOf('OLD')}\n`)
    expect(isSo(keepOneAuthorization(at(), user, lineOf('NEW')))).toBe(false)
    expect(letIn()).toBe(`${lineOf('OLD')}\n`)
  })

  test('does not take a line with other options for the one that is to be', () => {
    put(file(), `${lineOf('NEW').replace('restrict,', '')}\n`)
    expect(isSo(isOneAuthorization(at(), user, lineOf('NEW')))).toBe(false)
    rotateIn('NEW')
    done(keepOneAuthorization(at(), user, lineOf('NEW')))
    expect(letIn()).toBe(`${lineOf('NEW')}\n`)
  })
})
