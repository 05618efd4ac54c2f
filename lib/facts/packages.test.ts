import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  parseLeftConfigured,
  parseOffered,
  parsePackages,
  parseRpmSimulation,
  parseSimulation,
} from '@/lib/facts/packages'

test('of dpkg’s packages those count that are installed', () => {
  const text = 'ii \tadduser\t3.134\nrc \told\t1.0\nhi \tlibc6:amd64\t2.36-9+deb12u14\nun \tnone\t\n'
  expect(parsePackages('deb', text)).toEqual([
    { name: 'adduser', version: '3.134' },
    { name: 'libc6:amd64', version: '2.36-9+deb12u14' },
  ])
  expect(parseLeftConfigured(text)).toEqual(['old'])
})

test('of rpm’s packages the keys are none', () => {
  const text = 'bash\tx86_64\t0:5.1.8-6.el9\ngpg-pubkey\t(none)\t0:fd431d51-4ae0493b\n'
  expect(parsePackages('rpm', text)).toEqual([{ name: 'bash.x86_64', version: '0:5.1.8-6.el9' }])
})

test('of Python’s packages names are one by PEP 503, and those run from their sources are left aside', () => {
  const text = JSON.stringify([
    { name: 'Flask_SQLAlchemy', version: '3.1.1' },
    { name: 'mine', version: '0.1', editable_project_location: '/srv/mine' },
  ])
  expect(parsePackages('pip', text)).toEqual([{ name: 'flask-sqlalchemy', version: '3.1.1' }])
})

test.each([
  ['deb', 'ii \t--purge\t1\n'],
  ['deb', 'ii \ta b\t1\n'],
  ['deb', 'ii \tbash\t-1\n'],
  ['deb', 'ii \tbash\t$(id)\n'],
  ['rpm', '-e\tx86_64\t0:1-1\n'],
  ['rpm', 'bash\tx86_64\t\n'],
  ['pip', '[{"name":"-r","version":"1"}]'],
  ['pip', '[{"name":"x","version":"1; rm"}]'],
  ['pip', 'WARNING: no list'],
] as const)('of %s a list with “%s” is refused: no such word becomes an argument', (kind, text) => {
  expect(() => parsePackages(kind, text)).toThrowError(
    expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }),
  )
})

test('what sources offer is told by name, the best version first', () => {
  const text =
    '      bash | 5.2.15-2+b13 | http://deb.debian.org/debian bookworm/main amd64 Packages\n      bash | 5.1 | file:/x ./ Packages\n'
  expect(parseOffered(text).get('bash')).toEqual(['5.2.15-2+b13', '5.1'])
})

/** Recorded from apt 2.6 (`apt-get -s install rpm`, and of a package that needs a newer one). */
test('a simulation tells what comes, what would change and what would go', () => {
  const text = `Reading package lists...
The following NEW packages will be installed:
  librpm9 rpm
Inst librpm9 (4.18.0+dfsg-1+deb12u1 Debian:12.15/oldstable [amd64])
Inst libc6 [2.36-9+deb12u13] (2.36-9+deb12u14 Debian:12.15/oldstable [amd64])
Remv nano [7.2-1]
Conf librpm9 (4.18.0+dfsg-1+deb12u1 Debian:12.15/oldstable [amd64])
`
  expect(parseSimulation(text)).toEqual({
    installs: [{ name: 'librpm9', version: '4.18.0+dfsg-1+deb12u1' }],
    changes: ['libc6 2.36-9+deb12u13 would become 2.36-9+deb12u14', 'nano 7.2-1 would be removed'],
  })
})

/** Recorded from dnf 4.14 (`--assumeno --setopt=strict=0 install`). */
describe('what dnf would do', () => {
  const read = (name: string) => readFileSync(`test/recorded/packages/${name}.txt`, 'utf8')
  const asked = (...names: readonly string[]) =>
    names.map((name) => ({ name: `${name}.noarch`, version: '0:1-1' }))

  test.each([
    ['dnf-plain', ['plain'], { unavailable: [], changes: [] }],
    [
      'dnf-needs-newer',
      ['tool', 'private'],
      { unavailable: ['private.noarch'], changes: ['lib.noarch would become 2-1'] },
    ],
    ['dnf-obsoletes', ['newer'], { unavailable: [], changes: ['oldp.noarch 1-1 would be replaced'] }],
    ['dnf-conflict', ['conf', 'plain'], { unavailable: ['conf.noarch'], changes: [] }],
    ['dnf-none', ['private'], { unavailable: ['private.noarch'], changes: [] }],
  ] as const)('is told from %s', (name, names, wanted) => {
    expect(parseRpmSimulation(read(name), asked(...names))).toEqual(wanted)
  })

  test('is not known from what is no answer', () => {
    expect(
      parseRpmSimulation('This command has to be run with superuser privileges.\n', asked('a')),
    ).toBeNull()
  })
})
