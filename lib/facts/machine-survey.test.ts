import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hasCode } from '@/lib/errors'
import { parsePostgresAnswers, parseSshKeysSeen } from '@/lib/facts/link-survey'
import {
  dataDirectoryQuestion,
  machineSurveyQuestion,
  parseDataDirectorySurvey,
  parseMachineSurvey,
} from '@/lib/facts/machine-survey'

const run = (script: string) =>
  execFileSync('sh', ['-c', script], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })

test('a real shell answers the survey of the machine in the form that is parsed', () => {
  const survey = parseMachineSurvey(run(machineSurveyQuestion(null).text))
  expect(survey.machineId).not.toBeUndefined()
  expect(survey.architecture).toBe(run('uname -m').trim())
  expect(survey.processors).toBe(Number(run('nproc')))
  expect(Math.abs(survey.clockMs - Date.now())).toBeLessThan(60_000)
  expect(survey.applicationUnit).toBeNull()
})

test('the version of rsync is told, not that of its protocol', () => {
  const directory = mkdtempSync(join(tmpdir(), 'understudy-survey-'))
  try {
    const answer = 'rsync  version 3.2.7  protocol version 31'
    writeFileSync(join(directory, 'rsync'), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 })
    const question = machineSurveyQuestion(null).text
    expect(parseMachineSurvey(run(`PATH=${directory}:$PATH; ${question}`)).rsyncVersion).toBe('3.2.7')
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('a unit that is not there is seen as such, not as absent', () => {
  const text = run(machineSurveyQuestion('no such; unit.service').text)
  expect(text).toContain('application_load=')
  expect(parseMachineSurvey(text).applicationUnit).not.toBeNull()
})

test('an answer of another form is an error, never an empty value', () => {
  const refuses = (parse: () => unknown) => {
    try {
      parse()
    } catch (error) {
      return hasCode(error, 'HOST_COMMAND_FAILED')
    }
    return false
  }
  expect(refuses(() => parseMachineSurvey('sh: not found\n'))).toBe(true)
  expect(refuses(() => parseDataDirectorySurvey(''))).toBe(true)
})

test('the data directory’s survey is parsed', () => {
  const text =
    'bin=/usr/lib/postgresql/15/bin\nbasebackup=yes\nwal_link=no\nparent_writable=yes\nstart_conf=auto\nowner=postgres\nunit=postgresql@15-main.service\nunit_enabled=enabled-runtime\nwal=/srv/wal/main\nserver_log=\n'
  expect(parseDataDirectorySurvey(text)).toEqual({
    binDirectory: '/usr/lib/postgresql/15/bin',
    hasBaseBackup: true,
    realDirectory: '',
    mountsWithin: [],
    unreadableNames: [],
    foreignNames: [],
    walIsLink: false,
    walDirectory: '/srv/wal/main',
    parentWritable: true,
    startConf: 'auto',
    owner: 'postgres',
    unit: 'postgresql@15-main.service',
    unitEnabled: 'enabled-runtime',
    serverLog: null,
  })
})

test('only the pinned host key is taken for the primary’s', () => {
  const text = '# comment\n10.0.0.1 ssh-rsa AAAAB3\n10.0.0.1 ssh-ed25519 AAAAC3\n'
  expect(parseSshKeysSeen(text, 'ssh-ed25519 AAAAC3')).toBe('pinned-key')
  expect(parseSshKeysSeen(text, 'ssh-ed25519 AAAAX')).toBe('other-key')
  expect(parseSshKeysSeen(text, null)).toBe('other-key')
  expect(parseSshKeysSeen('', 'ssh-ed25519 AAAAC3')).toBe('no-response')
})

test('pg_isready’s exit codes have words', () => {
  expect([0, 1, 2, 3, 124].map(parsePostgresAnswers)).toEqual([
    'accepting',
    'rejecting',
    'no-response',
    'no-response',
    'no-response',
  ])
})

test('what PostgreSQL does not put into its directory is told by name, whatever the name; what it does is not', () => {
  const directory = mkdtempSync(join(tmpdir(), 'understudy data '))
  try {
    const own = ['PG_VERSION', 'base', 'global', 'pg_wal', 'postgresql.auto.conf', 'server.log', 'lost+found']
    const foreign = ["it's $(touch x)", 'a=b', 'dump.sql', '.hidden', 'two\nlines']
    for (const name of [...own, ...foreign]) writeFileSync(join(directory, name), '')
    writeFileSync(join(directory, 'postmaster.pid'), `${process.pid}\n`)
    const text = run(dataDirectoryQuestion(directory, `${directory}/postgresql.conf`).text)
    const { foreignNames, ...survey } = parseDataDirectorySurvey(text)
    expect(survey).toMatchObject({ realDirectory: directory, unreadableNames: [], mountsWithin: [] })
    expect([...foreignNames].sort()).toEqual(
      ["it's $(touch x)", '.hidden', 'a=b', 'dump.sql', 'two?lines'].sort(),
    )
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('a link to the data directory is followed, and what is mounted within it is told', () => {
  const directory = mkdtempSync(join(tmpdir(), 'understudy link '))
  try {
    symlinkSync('/dev', join(directory, 'main'))
    const survey = parseDataDirectorySurvey(
      run(
        `head() { case $3 in */postmaster.pid) echo ${process.pid} ;; *) command head "$@" ;; esac; }; ${dataDirectoryQuestion(join(directory, 'main'), '/etc/none').text}`,
      ),
    )
    expect(survey.realDirectory).toBe('/dev')
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[4] ?? '')
    expect(survey.mountsWithin).toEqual(mounts.filter((path) => path.startsWith('/dev/')))
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('WAL behind a link is told by where it really is', () => {
  const directory = mkdtempSync(join(tmpdir(), 'understudy wal '))
  try {
    symlinkSync('/var', join(directory, 'pg_wal'))
    writeFileSync(join(directory, 'postmaster.pid'), `${process.pid}\n`)
    const question = dataDirectoryQuestion(directory, '/etc/none').text
    expect(parseDataDirectorySurvey(run(question))).toMatchObject({ walIsLink: true, walDirectory: '/var' })
  } finally {
    rmSync(directory, { recursive: true })
  }
})
