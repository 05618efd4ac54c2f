import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { AppError } from '@/lib/errors'
import { parseProfile } from '@/lib/profiles/parse-profile'

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
const generic = read('./generic-debian.yaml')

function problemsOf(text: string): string {
  try {
    parseProfile(text, 'mine.yaml')
  } catch (error) {
    if (error instanceof AppError && error.code === 'PROFILE_INVALID') return error.message
    throw error
  }
  throw new Error('the profile was accepted')
}

const lineOf = (text: string, part: string) => text.split('\n').findIndex((line) => line.includes(part)) + 1

test('the seed’s directories and log names all stand in splunk-soar', () => {
  const profile = parseProfile(read('./splunk-soar.yaml'), 'splunk-soar.yaml')
  const seed = read('../../test/recorded/seed/overview.txt')
  const directories = [...seed.matchAll(/\/<PHANTOM_HOME>(\/(?:vault|etc|scm|local_data|tmp|www)\S*)/g)]
  expect(directories).toHaveLength(8)
  const paths = profile.directories.map((directory) => directory.path)
  for (const [, path] of directories) expect(paths).toContain(`/opt/phantom${path?.replace(/\/$/, '')}`)
  const logs = [...seed.matchAll(/\/var\/log\/phantom\/(rsync_(?!pip|rpm)\S+)/g)]
  expect(logs).toHaveLength(7)
  for (const [, log] of logs) expect(profile.directories.map((directory) => directory.log)).toContain(log)
  expect(profile.logDirectory).toBe('/var/log/phantom')
})

test('variables are put in everywhere, defaults are filled in', () => {
  const profile = parseProfile(generic, 'generic-debian.yaml')
  expect(profile.application.versionFile).toBe('/srv/ledger/VERSION')
  expect(profile.limits.replayLagSeconds).toBe(30)
})

test('an unknown variable is named with its line and what is defined', () => {
  const text = generic.replace('{HOME}/VERSION', '{HOEM}/VERSION')
  expect(problemsOf(text)).toBe(
    `mine.yaml:${lineOf(text, 'HOEM')}:16: the variable \${HOEM} is not defined; define it under variables (defined now: HOME)`,
  )
})

test('a bad schedule is told with file, line and how to write it', () => {
  const text = generic.replace('"* * * * *"', '"every minute"')
  const [problem = ''] = problemsOf(text).split('\n')
  expect(problem.startsWith(`mine.yaml:${lineOf(text, 'every minute')}:`)).toBe(true)
  expect(problem).toContain('directories[0].schedule is not a cron schedule; write five fields')
})

test('a mistyped key is refused at its own line', () => {
  const text = generic.replace('walKeepSegments:', 'walKeepSegment:')
  expect(problemsOf(text)).toBe(
    `mine.yaml:${lineOf(text, 'walKeepSegment:')}:1: walKeepSegment is not a key of a profile; remove it or correct its spelling`,
  )
})

test('a missing key is told at the place where it belongs', () => {
  const text = generic.replace('  database: ledger\n', '')
  expect(problemsOf(text)).toBe(
    `mine.yaml:${lineOf(text, 'osUser')}:3: postgres.database is missing (string)`,
  )
})

test('all problems are told at once', () => {
  const text = generic.replace('port: 5432', 'port: none').replace('/var/log/ledger', 'log/ledger')
  expect(problemsOf(text).split('\n')).toHaveLength(2)
})

test('broken YAML is told with its line', () => {
  expect(problemsOf('format: 1\nid: [a')).toMatch(/^mine\.yaml:2:\d+: this is not valid YAML/)
})

test('the same directory twice is refused, naming the first', () => {
  const text = generic.replace('{HOME}/etc', '{HOME}/vault')
  expect(problemsOf(text)).toContain('directories[1].path is used twice: directories[0] has the same path')
})

for (const path of ['relative/path', '/', '/srv/../etc', '/srv/'])
  test(`a directory ${JSON.stringify(path)} is refused`, () => {
    const text = generic.replace(/"\$\{HOME\}\/etc"/, JSON.stringify(path))
    expect(problemsOf(text)).toContain('directories[1].path must')
  })

const hooksOf = (...ids: readonly string[]) =>
  `${generic}\nhooks:\n  promoted:\n${ids.map((id) => `    - { id: ${id}, title: Move, command: /usr/local/bin/move }\n`).join('')}`

test('hooks have a limit of time by default, and an id of their own', () => {
  expect(parseProfile(hooksOf('move-address', 'tell-dns'), 'mine.yaml').hooks.promoted).toEqual([
    { id: 'move-address', title: 'Move', command: '/usr/local/bin/move', timeoutSeconds: 60 },
    { id: 'tell-dns', title: 'Move', command: '/usr/local/bin/move', timeoutSeconds: 60 },
  ])
  expect(problemsOf(hooksOf('move', 'move'))).toContain('hooks.promoted[1].id is used twice')
  expect(problemsOf(hooksOf('Move_1'))).toContain('must be lower-case words with dashes between them')
  expect(parseProfile(generic, 'mine.yaml').hooks.promoted).toEqual([])
})

test('packages are none unless the profile names them, and what it names is checked', () => {
  expect(parseProfile(generic, 'mine.yaml').packages).toEqual({ system: false, pip: null })
  const withPackages = (text: string) => `${generic}\npackages: ${text}\n`
  expect(
    parseProfile(withPackages('{ system: true, pip: { command: python3 -m pip } }'), 'mine.yaml').packages,
  ).toEqual({
    system: true,
    pip: { command: 'python3 -m pip', user: false, wheelDirectory: null },
  })
  expect(problemsOf(withPackages('{ pip: { command: "" } }'))).toContain(
    'packages.pip.command must not be empty',
  )
  expect(problemsOf(withPackages('{ pip: { command: pip, wheelDirectory: wheels } }'))).toContain(
    'packages.pip.wheelDirectory must be an absolute path',
  )
  expect(problemsOf(withPackages('{ rpm: true }'))).toContain('is not a key of a profile')
})

test('both profiles of Splunk SOAR name its Python, and only the privileged one the system’s packages', () => {
  const of = (name: string) => parseProfile(read(`./${name}.yaml`), `${name}.yaml`).packages
  expect(of('splunk-soar')).toMatchObject({
    system: true,
    pip: { command: '/opt/phantom/bin/phenv python3 -m pip' },
  })
  expect(of('splunk-soar-unprivileged')).toMatchObject({ system: false, pip: { user: false } })
})
