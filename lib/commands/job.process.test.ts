import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { asRoot, type Command, sh, withStdin } from '@/lib/commands/command'
import {
  endJobCommand,
  forgetJobCommand,
  jobExitCodes,
  jobOutputCommand,
  jobStateCommand,
  startJobCommand,
} from '@/lib/commands/job'
import type { Login } from '@/lib/commands/remote-shell'

const login: Login = { user: 'phantom', privilege: 'unprivileged' }
let home: string
const job = (id: string) => join(home, '.understudy/jobs', id)

/** Runs a command as an unprivileged host would: by a real shell, with the home directory of this test. */
function onHost(command: Command | null) {
  if (command === null) throw new Error('no command')
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command.text], {
    input: command.stdin ?? '',
    encoding: 'utf8',
    env: { HOME: home, PATH: process.env.PATH, NODE_ENV: 'test' },
  })
  return { status, stdout, stderr }
}
const start = (id: string, command: Command) => onHost(startJobCommand(id, command, login))
const state = (id: string) => onHost(jobStateCommand(id, login)).stdout.trim()
const end = (id: string, graceMs: number) => onHost(endJobCommand(id, graceMs, login)).status
const output = (id: string) => onHost(jobOutputCommand(id, 0, 1000, login)).stdout

async function untilState(id: string, expected: RegExp): Promise<string> {
  for (;;) {
    const now = state(id)
    if (expected.test(now)) return now
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function untilOutput(id: string, expected: string): Promise<void> {
  while (!output(id).includes(expected)) await new Promise((resolve) => setTimeout(resolve, 10))
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'understudy job-'))
})
afterEach(() => {
  for (const id of existsSync(job('')) ? readdirSync(job('')) : []) end(id, 0)
  rmSync(home, { recursive: true, force: true })
})

test('a job runs detached, keeps both streams in order, and leaves its exit code', async () => {
  expect(start('a1', sh`echo out; echo err >&2; exit 5`).status).toBe(0)
  expect(await untilState('a1', /ended/)).toMatch(/^ended \d+ 5$/)
  expect(output('a1')).toBe('out\nerr\n')
})

test('what was never started is absent, and has no output', () => {
  expect(state('nothing')).toBe('absent 0 0')
  expect(onHost(jobOutputCommand('nothing', 0, 10, login)).status).toBe(jobExitCodes.absent)
})

test('an id is started once, whoever tries again, and the running job is not disturbed', async () => {
  start('once', sh`echo first; sleep 600`)
  const first = await untilState('once', /running/)
  expect(start('once', sh`echo second`).status).toBe(jobExitCodes.exists)
  expect(state('once')).toBe(first)
  expect(readdirSync(job(''))).toEqual(['once'])
})

test('standard input reaches the job and no copy of it is left', async () => {
  start('in', withStdin(sh`read -r word; echo "got $word"`, 'hunter2\n', true))
  await untilState('in', /ended/)
  expect(output('in')).toBe('got hunter2\n')
  expect(readdirSync(job('in')).sort()).toEqual(['group', 'out', 'rc'])
})

test('only its owner can look into a job', () => {
  start('private', sh`true`)
  expect(statSync(job('private')).mode & 0o777).toBe(0o700)
})

test('ending a job ends its whole group, also what ignores SIGTERM, and it is then vanished', async () => {
  start('tree', sh`trap '' TERM; sh -c 'trap "" TERM; echo "child $$"; sleep 600' & sleep 601 & wait`)
  await untilState('tree', /running/)
  await untilOutput('tree', 'child')
  const pid = Number(state('tree').split(' ')[1])
  expect(end('tree', 100)).toBe(0)
  expect(state('tree')).toBe(`vanished ${pid} 0`)
  expect(() => process.kill(-pid, 0)).toThrow('ESRCH')
  expect(end('tree', 100)).toBe(0)
})

test('a job whose leader alone was killed still runs while its children do', async () => {
  start('orphans', sh`sh -c 'echo child; exec sleep 600' & wait`)
  await untilState('orphans', /running/)
  await untilOutput('orphans', 'child')
  const pid = Number(state('orphans').split(' ')[1])
  process.kill(pid, 'SIGKILL')
  expect(await untilState('orphans', /running/)).toMatch(/^running/)
  expect(end('orphans', 500)).toBe(0)
  expect(state('orphans')).toMatch(/^vanished/)
})

test('a recycled process number is not taken for the job', async () => {
  start('old', sh`sleep 600`)
  await untilState('old', /running/)
  const [pid, began, boot] = readFileSync(join(job('old'), 'group'), 'utf8')
    .trim()
    .split(' ')
  writeFileSync(join(job('old'), 'group'), `${pid} ${Number(began) - 1} ${boot}\n`)
  expect(state('old')).toMatch(/^vanished/)
  writeFileSync(join(job('old'), 'group'), `${pid} ${began} 00000000-0000-0000-0000-000000000000\n`)
  expect(state('old')).toMatch(/^vanished/)
  writeFileSync(join(job('old'), 'group'), `${pid} ${began} ${boot}\n`)
  expect(state('old')).toMatch(/^running/)
})

test('a running job is not forgotten, an ended one leaves nothing', async () => {
  start('f', sh`sleep 600`)
  expect(onHost(forgetJobCommand('f', login)).status).toBe(jobExitCodes.running)
  end('f', 0)
  expect(onHost(forgetJobCommand('f', login)).status).toBe(0)
  expect(state('f')).toBe('absent 0 0')
  expect(existsSync(job(''))).toBe(false)
  expect(onHost(forgetJobCommand('f', login)).status).toBe(0)
})

test('the output is read from any byte on', async () => {
  start('o', sh`printf 0123456789`)
  await untilState('o', /ended/)
  expect(onHost(jobOutputCommand('o', 3, 4, login)).stdout).toBe('3456')
  expect(onHost(jobOutputCommand('o', 10, 4, login)).stdout).toBe('')
})

test('an id can’t leave the directory of jobs', () => {
  for (const id of ['', '..', '.', '../x', 'a/b', '-x', 'a b', '$(id)', 'x'.repeat(129)])
    expect(() => jobStateCommand(id, login)).toThrow(RangeError)
})

test('root’s jobs stand in the machine’s own directory, and an unprivileged user can’t start one for root', () => {
  expect(jobStateCommand('x', { user: 'ops', privilege: 'sudo' })).toMatchObject({ as: 'root' })
  expect(jobStateCommand('x', { user: 'root', privilege: 'root' }).text).toContain('/var/lib/understudy/jobs')
  expect(startJobCommand('x', asRoot(sh`true`), login)).toBeNull()
})
