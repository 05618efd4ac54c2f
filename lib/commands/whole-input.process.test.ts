import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { writeCrontab } from '@/lib/commands/crontab'
import { startJobCommand } from '@/lib/commands/job'
import { cutOff, withWholeInput } from '@/lib/commands/whole-input'

/** A dashboard that is killed between its command and what goes in with it: the host sees the end of the input too early. */
let folder: string
const place = (name: string) => join(folder, name)
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-input-'))
  mkdirSync(place('tmp'))
  mkdirSync(place('bin'))
  writeFileSync(
    place('bin/crontab'),
    `#!/bin/sh\n[ "$1" != - ] || exec cat >${place('crontab')}\ncp -- "$1" ${place('crontab')}\n`,
  )
  chmodSync(place('bin/crontab'), 0o755)
  writeFileSync(place('crontab'), '@reboot mine\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = ({ text, stdin }: Command, bytes = Number.POSITIVE_INFINITY) =>
  spawnSync('/bin/sh', ['-c', text], {
    input: Buffer.from(stdin ?? '').subarray(0, bytes),
    encoding: 'utf8',
    env: {
      PATH: `${place('bin')}:/usr/bin:/bin`,
      TMPDIR: place('tmp'),
      HOME: folder,
      LC_ALL: 'C',
      NODE_ENV: 'test',
    },
  })
const own = { user: 'ann', privilege: 'unprivileged', databaseOwner: 'ann' } as const

test('a crontab is put in its place whole or not at all, wherever its text is cut off', () => {
  const content = '# mine\n@reboot žluťoučký\n'
  for (let bytes = 0; bytes < Buffer.byteLength(content); bytes += 1) {
    expect(run(writeCrontab(content), bytes).status).toBe(cutOff)
    expect(readFileSync(place('crontab'), 'utf8')).toBe('@reboot mine\n')
  }
  expect(run(writeCrontab(content)).status).toBe(0)
  expect(readFileSync(place('crontab'), 'utf8')).toBe(content)
  expect(readdirSync(place('tmp'))).toEqual([])
})

test('a script is run whole or not at all, wherever it is cut off', () => {
  const script = `touch ${place('one')}\ntouch ${place('other')}\n`
  const command = withWholeInput(sh`sh "$input"`, script, false)
  for (let bytes = 0; bytes < script.length; bytes += 1) expect(run(command, bytes).status).toBe(cutOff)
  expect(existsSync(place('one'))).toBe(false)
  expect(run(command).status).toBe(0)
  expect(existsSync(place('other'))).toBe(true)
})

test('how the command ends is how it ended, and its input is gone', () => {
  expect(run(withWholeInput(sh`cat "$input"; exit 9`, 'text', false))).toMatchObject({
    status: 9,
    stdout: 'text',
  })
  expect(readdirSync(place('tmp'))).toEqual([])
})

test('a job whose input is cut off is not begun, and leaves nothing', () => {
  const job = startJobCommand('cut', { ...sh`touch ${place('ran')}`, stdin: 'a secret' }, own)
  if (!job) throw new Error('a user may start jobs of its own')
  for (let bytes = 0; bytes < Buffer.byteLength(job.stdin ?? ''); bytes += 1)
    expect(run(job, bytes).status).toBe(cutOff)
  expect(readdirSync(place('.understudy/jobs'))).toEqual([])
  expect(run(job).status).toBe(0)
  expect(readdirSync(place('.understudy/jobs'))).toEqual(['cut'])
})

test('one that is sent as text says how much of it there is', () => {
  const login = { user: 'operator', privilege: 'sudo', databaseOwner: 'postgres' } as const
  const job = startJobCommand('text', asDatabaseOwner(sh`true`), login)
  expect(job?.text).toContain(`-eq ${Buffer.byteLength(job?.stdin ?? '')} ]`)
})
