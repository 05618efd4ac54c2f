import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
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

test('a key of several lines and other characters is told in one line', () => {
  const text = `${generic}\n? "two\\nlines \\e[2J"\n: 1\n`
  expect(problemsOf(text)).toMatch(
    /^mine\.yaml:\d+:\d+: two\\u000alines \\u001b\[2J is not a key of a profile; remove it or correct its spelling$/,
  )
})

test('a missing key is told at the place where it belongs', () => {
  const text = generic.replace('  database: ledger\n', '')
  expect(problemsOf(text)).toBe(
    `mine.yaml:${lineOf(text, 'osUser')}:3: postgres.database is missing; add it as a text`,
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

test('questions to the database have a limit of time by default, and an id of their own', () => {
  const checksOf = (...ids: readonly string[]) =>
    `${generic}\nchecks:\n${ids.map((id) => `  - { id: ${id}, title: Rows, query: "select count(*) > 0 from public.entries" }\n`).join('')}`
  expect(parseProfile(checksOf('rows'), 'mine.yaml').checks).toEqual([
    {
      id: 'rows',
      title: 'Rows',
      query: 'select count(*) > 0 from public.entries',
      timeoutSeconds: 60,
    },
  ])
  expect(problemsOf(checksOf('rows', 'rows'))).toContain('checks[1].id is used twice: there is another check')
  expect(problemsOf(checksOf('Rows_1'))).toContain('must be lower-case words with dashes between them')
  expect(parseProfile(generic, 'mine.yaml').checks).toEqual([])
})

test('files that rows refer to are asked for by queries, each with a directory of the profile and an id of its own', () => {
  const ledger =
    '{ id: entries, title: Entries, directory: vault, query: "select file from public.entries", timeoutSeconds: 60 }'
  const [query] = parseProfile(generic, 'mine.yaml').rowFiles
  expect(query).toEqual({
    id: 'entries',
    title: 'Entries',
    directory: 'vault',
    query: 'select file from public.entries',
    timeoutSeconds: 60,
  })
  expect(problemsOf(changed(ledger, `${ledger}\n  - ${ledger}`))).toContain(
    'rowFiles[1].id is used twice: there is another query entries',
  )
  expect(problemsOf(changed(ledger, ledger.replace('vault', 'nowhere')))).toContain(
    'rowFiles[0].directory is no directory of this profile: nowhere',
  )
  for (const name of ['splunk-soar', 'splunk-soar-unprivileged'])
    expect(parseProfile(read(`./${name}.yaml`), name).rowFiles).toEqual([])
})

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

/** The built-in profile with one text in it replaced. */
const changed = (from: string, to: string) => {
  expect(generic).toContain(from)
  return generic.replace(from, to)
}

describe('aliases', () => {
  test('stand for what their anchor marks', () => {
    const text = changed('database: ledger', 'database: &name ledger').replace('id: reports', 'id: *name')
    expect(parseProfile(text, 'mine.yaml').directories[2]?.id).toBe('ledger')
  })

  test('without an anchor before them are told at their place', () => {
    const text = changed('id: generic-debian', 'id: *foo')
    expect(problemsOf(text)).toBe(
      `mine.yaml:${lineOf(text, '*foo')}:5: the alias *foo has no anchor &foo before it; write out what is meant`,
    )
    expect(problemsOf('? *key\n: 1\n')).toMatch(/^mine\.yaml:1:3: the alias \*key has no anchor/)
    expect(problemsOf('<<: *base\n')).toMatch(/^mine\.yaml:1:5: the alias \*base has no anchor/)
  })

  test('that make a file grow beyond all measure are refused with a line', () => {
    const ten = (name: string) => `[${Array(10).fill(name).join(',')}]`
    const bomb = `a: &a ${ten('x')}\nb: &b ${ten('*a')}\nc: &c ${ten('*b')}\nd: ${ten('*c')}\n`
    expect(problemsOf(bomb)).toMatch(/^mine\.yaml:4:\d+: the aliases of this file stand for too much; write/)
  })

  test('that stand for themselves are told as what they are not', () => {
    expect(problemsOf(changed('port: 5432', 'port: &port [*port]'))).toContain(
      'postgres.port must be a number',
    )
  })
})

test.each([
  ['title: Application on Debian', 'title: ""', 'title must not be empty'],
  ['title: Application on Debian', `title: ${'x'.repeat(81)}`, 'title must have at most 80 characters'],
  ['title: Application on Debian', 'title: 5', 'title must be a text; put it in quotes'],
  ['port: 5432', 'port: 99999', 'postgres.port must be at most 65535'],
  ['port: 5432', 'port: 0', 'postgres.port must be at least 1'],
  ['port: 5432', 'port: 1.5', 'postgres.port must be a whole number'],
  ['port: 5432', 'port: many', 'postgres.port must be a number'],
  ['database: ledger', 'database: [ledger]', 'postgres.database must be a text'],
  ['HOME: /srv/ledger', 'HOME: 5', 'variables.HOME must be a text; put it in quotes'],
  [
    'HOME: /srv/ledger',
    'HOME: /srv/ledger\n  lower: /srv',
    'variables.lower is not a name for a variable; write capital letters, digits and underscores, beginning with a letter',
  ],
  ['walKeepSegments: 32', 'packages: { system: "yes" }', 'packages.system must be true or false'],
  ['walKeepSegments: 32', 'hooks: []', 'hooks must be a map of keys'],
])('%s instead of %s: the sentence says how to mend it', (from, to, sentence) => {
  const text = changed(from, to)
  const [key = ''] = to.split('\n').at(-1)?.trim().split(':') ?? []
  expect(problemsOf(text).split('\n')).toContainEqual(
    expect.stringMatching(new RegExp(`^mine\\.yaml:${lineOf(text, `${key}:`)}:\\d+: `)),
  )
  expect(problemsOf(text)).toContain(sentence)
})

test('a list that is no list, and an empty file, are told so', () => {
  expect(problemsOf(generic.replace(/^directories:[\s\S]*?\n\n/m, 'directories: 7\n'))).toContain(
    'directories must be a list',
  )
  expect(problemsOf('')).toBe('mine.yaml:1:1: the profile must be a map of keys')
})

test('a variable does not stand for another one: it would stay unread', () => {
  const text = changed('HOME: /srv/ledger', `ROOT: /srv\n  HOME: "\${ROOT}/ledger"`)
  expect(problemsOf(text)).toContain(`the variable \${HOME} stands for another variable; write its value out`)
})

const oneLine = 'must be one line without control characters'
test.each([
  ['seedName: Application', 'seedName: "Application\\nCurrently streaming"', `seedName ${oneLine}`],
  ['title: Application on Debian', 'title: "Debian\\e[2J"', `title ${oneLine}`],
  ['title: Vault,', 'title: "Vau\\u2028lt",', `directories[0].title ${oneLine}`],
  ['database: ledger', 'database: "led\\0ger"', `postgres.database ${oneLine}`],
  ['{HOME}/vault', '{HOME}/va\\tult', `directories[0].path ${oneLine}`],
  ['{HOME}/vault', '{HOME}/./vault', 'directories[0].path must be a path without . and ..'],
  ['logDirectory: /var/log/ledger', 'logDirectory: "/var/log\\r"', `logDirectory ${oneLine}`],
  [
    'unit: ledger.service',
    'start: "check\\0"',
    'application.start must not have control characters other than tabs and line breaks',
  ],
  [
    'log: rsync_vault.log',
    'log: warm_standby.log',
    'directories[0].log is the name of a file that Understudy',
  ],
  [
    'log: rsync_vault.log',
    'log: pip_packages_primary.txt',
    'directories[0].log is the name of a file that Understudy writes itself',
  ],
  [
    'log: rsync_vault.log',
    'log: rsync_pip_req.log',
    'directories[0].log is the name of a file that Understudy writes itself',
  ],
  ['id: vault', 'id: warm-standby', 'directories[0].id is the id of the log of all operations; give the'],
])('harmful: %s as %s is refused', (from, to, sentence) => {
  expect(problemsOf(changed(from, to))).toContain(sentence)
})

test('a command may have several lines', () => {
  const text = changed('unit: ledger.service', 'start: |\n    cd /srv\n    \t./check')
  expect(parseProfile(text, 'mine.yaml').application.start).toBe('cd /srv\n\t./check\n')
})

/** Whatever an operator may have written: the file is a profile, or each problem has a place and says how to mend it. */
function expectSound(text: string): void {
  try {
    parseProfile(text, 'mine.yaml')
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    for (const problem of error.message.split('\n')) {
      expect(problem).toMatch(/^mine\.yaml:[1-9]\d*:[1-9]\d*: .+/)
      // What is wrong in YAML itself the library says.
      expect(problem.replace(/(not valid YAML; correct it here): .*/, '$1')).not.toMatch(
        /Invalid|Too (?:small|big)|expected|Unrecognized/,
      )
    }
  }
}

describe('whatever is written', () => {
  const replaceAt = (value: unknown, path: readonly number[], by: unknown): unknown => {
    const [step, ...rest] = path
    if (step === undefined || typeof value !== 'object' || value === null) return by
    const entries = Object.entries(value)
    const chosen = step % Math.max(entries.length, 1)
    const next = entries.map(([key, each], index): [string, unknown] => [
      key,
      index === chosen ? replaceAt(each, rest, by) : each,
    ])
    return Array.isArray(value) ? next.map(([, each]) => each) : Object.fromEntries(next)
  }
  const anyValue = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('', '\n', 1e9, -1, 0.5, 'x'.repeat(3000), null, {}, []),
  )

  test('in the place of a value, every problem has its line and its mend', () => {
    const sound: unknown = parse(generic)
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 4 }), anyValue, (path, by) =>
        expectSound(stringify(replaceAt(sound, path, by))),
      ),
      { numRuns: 150 },
    )
  })

  test('in the text, a profile or a problem comes of it and never another error', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '*a',
        '&a ',
        ': ',
        '- ',
        '{',
        ']',
        '\t',
        '\n',
        '"',
        '? ',
        '!x ',
        `\${HOME}`,
        '---\n',
        '<<: ',
      ),
      fc.string({ maxLength: 5 }),
    )
    fc.assert(
      fc.property(fc.nat(generic.length), fc.nat(20), piece, (at, cut, by) =>
        expectSound(generic.slice(0, at) + by + generic.slice(at + cut)),
      ),
      { numRuns: 150 },
    )
  })
})
