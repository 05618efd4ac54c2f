import { describe, expect, test } from 'vitest'
import type { PathFacts } from '@/lib/facts/path-survey'
import type { CreateFacts } from '@/lib/operations/create/facts'
import { createPreflight } from '@/lib/operations/preflight/create-preflight'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { createFactsOf, createInputOf, hostFactsOf, profileOf } from '@/test/harness/operation-facts'
import { parityFactsOf } from '@/test/harness/parity-facts'
import { soarFactsOf, soarParity, soarProfile } from '@/test/harness/soar-facts'

const seen = <T>(value: T) => ({ seen: true as const, value })
const [data, vault] = ['/var/lib/postgresql/15/main', '/srv/ledger/vault']

function withPath(host: HostFacts, path: string, over: Partial<PathFacts>): HostFacts {
  const paths = answerOf(host.paths) ?? []
  return { ...host, paths: seen(paths.map((each) => (each.path === path ? { ...each, ...over } : each))) }
}
const alpha = (path: string, over: Partial<PathFacts>) => withPath(hostFactsOf('alpha'), path, over)
const beta = (path: string, over: Partial<PathFacts>) => withPath(hostFactsOf('beta'), path, over)
const checkOf = (id: string, facts: Partial<CreateFacts>) =>
  createPreflight({ facts: createFactsOf(facts), input: createInputOf(), profile: profileOf() }).find(
    (check) => check.id === id,
  )

describe('owners in the synced trees', () => {
  const named = (...entries: readonly (readonly [string, number])[]) =>
    entries.map(([name, id]) => ({ name, id }))
  const names = (users: ReturnType<typeof named>, groups = named(['ledger', 998])) => seen({ users, groups })
  const known = names(named(['ledger', 998], ['scribe', 1500]))
  const mixed = {
    owners: [
      { uid: 998, gid: 998 },
      { uid: 1500, gid: 998 },
    ],
  }
  const ownersWith = (standby: ReturnType<typeof names>, over: Partial<PathFacts> = mixed) =>
    checkOf('owners', {
      primary: alpha(vault, over),
      parity: parityFactsOf({ owners: { primary: known, standby } }),
    })

  test('mean the same on both hosts: all of them, not only that of the top', () => {
    expect(ownersWith(known)).toMatchObject({
      outcome: 'pass',
      evidence: '2 trees belong to ledger, scribe, with the same numbers on both hosts.',
    })
  })

  test.each([
    ['nobody there', named(['ledger', 998]), 'uid 1500 is scribe on the primary and nobody on beta.'],
    [
      'somebody else there',
      named(['ledger', 998], ['backup', 1500]),
      'uid 1500 is scribe on the primary and backup on beta.',
    ],
    [
      'another number there',
      named(['ledger', 998], ['scribe', 1501]),
      'uid 1500 is scribe on the primary and nobody on beta, where scribe is 1501.',
    ],
  ])('are refused where a number is %s, until an operator says why not', (_, users, evidence) => {
    expect(ownersWith(names(users))).toMatchObject({ outcome: 'fail', canOverride: true, evidence })
  })

  test('are compared by their groups as well', () => {
    const standby = names(named(['ledger', 998], ['scribe', 1500]), named(['docker', 998]))
    expect(ownersWith(standby)?.evidence).toBe('gid 998 is ledger on the primary and docker on beta.')
  })

  test('that have no name on the primary either are left as they are', () => {
    const over = {
      owners: [
        { uid: 998, gid: 998 },
        { uid: 4000, gid: 998 },
      ],
    }
    expect(ownersWith(known, over)).toMatchObject({
      outcome: 'pass',
      evidence: expect.stringContaining('ledger, 4000'),
    })
  })

  test('many differences are cut, and counted', () => {
    const owners = Array.from({ length: 20 }, (_, n) => ({ uid: 2000 + n, gid: 998 }))
    const users = owners.map(({ uid }) => ({ name: `user-${uid}`, id: uid }))
    const check = checkOf('owners', {
      primary: alpha(vault, { owners }),
      parity: parityFactsOf({ owners: { primary: names(users), standby: names([]) } }),
    })
    expect(check?.evidence).toMatch(/; and 14 more\.$/)
  })

  test('that are too many to be asked for are counted, and a warning', () => {
    const owners = Array.from({ length: 1_200 }, (_, n) => ({ uid: 2000 + n, gid: 998 }))
    expect(ownersWith(known, { owners })).toMatchObject({
      outcome: 'warn',
      evidence: expect.stringContaining('Of 1201 owners the first 1000 were compared.'),
    })
  })

  test.each([
    [{ walk: 'cut-short' as const }, `On alpha the time was over before the end of ${vault}.`],
    [{ walk: 'in-part' as const }, `On alpha not all of ${vault} could be read.`],
  ])('of a tree that was not walked to its end (%o) are a warning that says so', (over, says) => {
    const check = ownersWith(known, { ...mixed, ...over })
    expect(check).toMatchObject({ outcome: 'warn', evidence: expect.stringContaining(says) })
    expect(check?.evidence).toContain('as far as they were walked')
  })

  test('that are there on the standby alone are a warning, but for root’s', () => {
    const check = (uid: number) => {
      const owners = [998, uid].map((id) => ({ uid: id, gid: id }))
      return checkOf('owners', { standby: beta(vault, { owners }) })
    }
    expect(check(0)).toMatchObject({ outcome: 'pass' })
    expect(check(34)).toMatchObject({
      outcome: 'warn',
      evidence: expect.stringContaining('belongs to 34 too'),
    })
  })

  test('without root are the login user alone', () => {
    const path = '/opt/phantom/vault'
    const check = (owners: PathFacts['owners']) =>
      createPreflight({
        facts: createFactsOf({
          primary: withPath(soarFactsOf('alpha'), path, { owners }),
          standby: soarFactsOf('beta'),
          parity: soarParity,
        }),
        input: createInputOf({ settings: { walKeepSegments: 32, directories: soarProfile.directories } }),
        profile: soarProfile,
      }).find(({ id }) => id === 'owners')
    expect(check([{ uid: 1000, gid: 1000 }])).toMatchObject({
      outcome: 'pass',
      evidence: '9 trees belong to phantom.',
    })
    expect(
      check([
        { uid: 1000, gid: 1000 },
        { uid: 0, gid: 0 },
      ]),
    ).toMatchObject({
      outcome: 'warn',
      evidence:
        '9 trees belong to phantom, 0: without root a copy belongs to phantom alone, and what that user can’t read is not copied.',
    })
  })
})

describe('file systems', () => {
  test('of the same place on both hosts are fine', () => {
    expect(checkOf('mount-points', {})?.evidence).toBe(
      'Each of 3 directories lies in the file system of the same place on both hosts.',
    )
  })

  test('of their own on one host alone are a warning, the data’s too', () => {
    const primary = alpha(data, { mountPoint: '/var/lib/postgresql' })
    expect(checkOf('mount-points', { primary })).toMatchObject({
      outcome: 'warn',
      evidence: `${data} lies in the file system /var/lib/postgresql on alpha, in / on beta.`,
    })
  })

  test('of WAL alone: the copy keeps it with the data', () => {
    const primary = alpha(`${data}/pg_wal`, { mountPoint: '/wal' })
    expect(checkOf('mount-points', { primary })).toMatchObject({
      outcome: 'warn',
      evidence: `${data}/pg_wal lies in the file system /wal on alpha, ${data} in / on beta.`,
    })
  })
})

describe('what starts PostgreSQL', () => {
  const withUnit = (over: object) => {
    const host = hostFactsOf('beta')
    const found = answerOf(host.data)
    if (!found) throw new Error('no data')
    return { standby: { ...host, data: seen({ ...found, ...over }) } }
  }

  test.each([
    [{ unitEnabled: 'enabled' }, 'pass', 'starts with the machine'],
    [{ unitEnabled: 'masked-runtime' }, 'fail', 'is masked'],
    [{ unitEnabled: 'disabled' }, 'warn', 'is disabled'],
    [{ unitEnabled: '' }, 'warn', 'in a state that is not known'],
    [{ startConf: 'manual' }, 'warn', 'says manual'],
    [{ unit: null, unitEnabled: '' }, 'warn', 'No unit runs PostgreSQL on beta'],
  ])('%o: %s', (over, outcome, says) => {
    const check = checkOf('standby-postgres-unit', withUnit(over))
    expect(check).toMatchObject({ outcome, evidence: expect.stringContaining(says) })
  })

  test('is a line of the crontab where nobody may become root', () => {
    const check = createPreflight({
      facts: createFactsOf({
        primary: soarFactsOf('alpha'),
        standby: soarFactsOf('beta'),
        parity: soarParity,
      }),
      input: createInputOf(),
      profile: soarProfile,
    }).find(({ id }) => id === 'standby-postgres-unit')
    expect(check).toMatchObject({ outcome: 'pass', evidence: expect.stringContaining('@reboot') })
  })
})
