import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { understudySend } from '@/lib/commands/host-files/understudy-send'
import { pairPlaces } from '@/lib/domain/host-places'
import { sendProgram, settingsDirectory } from '@/lib/domain/sync-names'

/** The program that sends, as the plan installs it below a user's home, in a real shell; rsync is a script that says what it was given. */
let home: string
let places: ReturnType<typeof pairPlaces>
const inHome = (...parts: readonly string[]) => join(home, ...parts)
const target = () => inHome('srv/vault')
const put = (path: string, content: string, mode = 0o644) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content, { mode })
}
const given = () => readFileSync(inHome('given'), 'utf8').trimEnd().split('\n')
const wasCopied = () => existsSync(inHome('given'))
afterEach(() => rmSync(home, { recursive: true, force: true }))

describe('what the primary sends', () => {
  const good = 'rsync --server --sender -lHogDtpAXre.iLsfxCIvu . vault/'
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'understudy-sender-'))
    places = pairPlaces({ privilege: 'unprivileged', user: userInfo().username, home }, 'ledger')
    put(
      sendProgram(places),
      understudySend.replace('PATH=/usr/local/sbin', `PATH=${inHome('bin')}:/usr/local/sbin`),
      0o755,
    )
    put(join(target(), '.understudy-source'), 'mark')
    put(inHome('bin/rsync'), `#!/bin/sh\nprintf '%s\\n' "$@" >'${inHome('given')}'\n`, 0o755)
    put(`${settingsDirectory(places)}/send`, `vault mark ${target()}\nspaced mark ${target()} two\n`)
  })
  const send = (asked: string) =>
    spawnSync(sendProgram(places), ['ledger'], {
      encoding: 'utf8',
      env: { SSH_ORIGINAL_COMMAND: asked, NODE_ENV: 'test' },
    })

  test('is the directory of that name, read only', () => {
    expect(send(good).status).toBe(0)
    expect(given()).toEqual([
      ...['--server', '--sender', '-lHogDtpAXre.iLsfxCIvu', '--numeric-ids', '--timeout=300', '.'],
      `${target()}/`,
    ])
  })

  test('may have a space in its path', () => {
    put(join(`${target()} two`, '.understudy-source'), 'mark')
    expect(send(good.replace('vault/', 'spaced/')).status).toBe(0)
    expect(given().at(-1)).toBe(`${target()} two/`)
  })

  test.each([
    ['a shell', 'sh -c id', /^understudy-send: not-allowed: only copies/],
    ['nothing', '', /^understudy-send: not-allowed: only copies/],
    ['a copy to the primary', good.replace(' --sender', ''), /^understudy-send: not-allowed: only copies/],
    ['a second command', `${good}; touch pwned`, /^understudy-send: not-allowed/],
    ['a command within', good.replace('vault/', '$(touch\tpwned)'), /^understudy-send: not-allowed/],
    ['two directories', `${good} etc/`, /^understudy-send: not-allowed/],
    ['a path', good.replace('vault/', '/etc/'), /^understudy-send: not-listed/],
    ['a path upwards', good.replace('vault/', '../etc/'), /^understudy-send: not-listed/],
    [
      'an option that writes',
      good.replace('-lHog', '--remove-source-files'),
      /^understudy-send: not-allowed/,
    ],
    [
      'an option among the letters',
      good.replace('re.iLsfxCIvu', 'r;id'),
      /^understudy-send: not-allowed: an option/,
    ],
    [
      'another directory’s name',
      good.replace('vault/', 'other/'),
      /^understudy-send: not-listed: ledger has no/,
    ],
  ])('is refused to one that asks for %s', (_, asked, message) => {
    const { status, stderr } = send(asked)
    expect(status).toBe(1)
    expect(stderr).toMatch(message)
    expect(wasCopied()).toBe(false)
    expect(existsSync(inHome('pwned'))).toBe(false)
  })

  test.each([
    ['lost its mark', () => rmSync(join(target(), '.understudy-source'))],
    ['carries another mark', () => writeFileSync(join(target(), '.understudy-source'), 'other')],
    ['is not there', () => rmSync(target(), { recursive: true })],
  ])('is nothing where the directory %s', (_, harm) => {
    harm()
    const { status, stderr } = send(good)
    expect(status).toBe(1)
    expect(stderr).toBe(
      `understudy-send: no-mark: ${target()} on the primary is empty, not mounted or another one\n`,
    )
    expect(wasCopied()).toBe(false)
  })
})
