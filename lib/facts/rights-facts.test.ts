import { expect, test } from 'vitest'
import { parsePostgresProcess, parseRightsFacts } from '@/lib/facts/rights-facts'

const sum = 'ab'.repeat(32)
const none = {
  isUnrestricted: false,
  isPermitted: false,
  programSum: null,
  rightsSum: null,
  isChanged: false,
  login: null,
}

test.each([
  ['nothing at all', 'end yes\n', none],
  ['sudo without limits', 'unrestricted yes\nend yes\n', { ...none, isUnrestricted: true }],
  [
    'what is written down',
    `program ${sum}\nrights ${sum}\npermitted yes\nend yes\n`,
    { ...none, isPermitted: true, programSum: sum, rightsSum: sum },
  ],
  [
    'rights that somebody has changed',
    `program ${sum}\nrights ${sum}\nchanged yes\npermitted yes\nend yes\n`,
    { ...none, isPermitted: true, programSum: sum, rightsSum: sum, isChanged: true },
  ],
  [
    'rights that are another login’s',
    `program ${sum}\nrights ${sum}\nlogin EXAMPLE\\ada\nend yes\n`,
    { ...none, programSum: sum, rightsSum: sum, login: 'EXAMPLE\\ada' },
  ],
  [
    'the program without rights of this pair',
    `program ${sum}\npermitted yes\nend yes\n`,
    { ...none, isPermitted: true, programSum: sum },
  ],
])('a login with %s is known by it', (_, answer, facts) => {
  expect(parseRightsFacts(answer)).toEqual(facts)
})

test.each([['', `program ${sum}\n`, 'program x\nend yes\n', `rights ${sum.slice(1)}\nend yes\n`]].flat())(
  'an answer that is not whole is none: %j',
  (answer) => {
    expect(() => parseRightsFacts(answer)).toThrow(expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }))
  },
)

test('PostgreSQL is where its process says', () => {
  const answer = 'bin /usr/lib/postgresql/15/bin\nconfig /etc/postgresql/15/main/postgresql.conf\n'
  expect(parsePostgresProcess(`${answer}unit postgresql@15-main.service\nstart auto\n`)).toEqual({
    binDirectory: '/usr/lib/postgresql/15/bin',
    configFile: '/etc/postgresql/15/main/postgresql.conf',
    unit: 'postgresql@15-main.service',
    startConf: 'auto',
  })
  expect(parsePostgresProcess(`${answer}unit \nstart \n`)).toMatchObject({ unit: null, startConf: null })
})

test.each(['', 'bin .\nconfig /x\n', 'bin /usr/bin\nconfig postgresql.conf\n'])(
  'a process that does not say where it lies is no answer: %j',
  (answer) => {
    expect(parsePostgresProcess(answer)).toBeNull()
  },
)
