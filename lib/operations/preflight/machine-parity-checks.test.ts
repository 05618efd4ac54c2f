import { describe, expect, test } from 'vitest'
import { createPreflight } from '@/lib/operations/preflight/create-preflight'
import {
  createFactsOf,
  createInputOf,
  hostFactsOf,
  primaryServer,
  profileOf,
  serverFacts,
} from '@/test/harness/operation-facts'
import { expected, type ParityRow, parityCheck } from '@/test/harness/parity-change'
import { parityFactsOf, serverParityOf } from '@/test/harness/parity-facts'

const seen = <T>(value: T) => ({ seen: true as const, value })
const why = { code: 'HOST_COMMAND_FAILED', message: 'It could not be asked.', fix: 'Ask again.' }
const unseen = { seen: false as const, why }
const { inFiles } = serverParityOf()
const plain = serverParityOf().databases.map((each) => ({ ...each, collate: 'C', ctype: 'C' }))
const inside = { configFile: '/var/lib/postgresql/15/main/postgresql.conf' }
/** Both servers have their configuration in the data directory, so that the primary's comes with the copy. */
const bothInside = {
  primary: hostFactsOf('alpha', { server: seen(primaryServer(inside)) }),
  standby: hostFactsOf('beta', { server: seen(serverFacts(inside)) }),
}

const rows: readonly ParityRow[] = [
  [
    'collations',
    'pass',
    'all text is sorted by bytes, whatever the C library',
    { primary: [{}, { databases: plain }], standby: [{ libc: 'glibc 2.41' }, {}] },
    'all text is sorted by its bytes',
  ],
  [
    'collations',
    'warn',
    'the C library differs',
    { standby: [{ libc: 'glibc 2.41' }, {}] },
    'glibc 2.36 on alpha, glibc 2.41 on beta: text may be sorted differently',
  ],
  [
    'collations',
    'warn',
    'the C library is not known',
    { standby: [{ libc: null }, {}] },
    'an unknown one on beta',
  ],
  [
    'collations',
    'warn',
    'only one column is sorted by another C library',
    {
      primary: [{}, { databases: plain }],
      standby: [{ libc: 'glibc 2.41' }, {}],
      ledger: { locales: ['de_DE.utf8'] },
    },
    'may be sorted differently',
  ],
  [
    'collations',
    'warn',
    'ICU is used and differs',
    { ledger: { usesIcu: true }, standby: [{}, { icuVersion: '153.128' }] },
    'ICU’s rules of sorting 153.120 and 153.128',
  ],
  [
    'collations',
    'pass',
    'ICU differs and nothing uses it',
    { standby: [{}, { icuVersion: null }] },
    'glibc 2.36 on beta',
  ],
  [
    'collations',
    'fail',
    'a machine could not be asked',
    { more: { standby: { machine: unseen, server: seen(serverParityOf()) } } },
    why.message,
  ],

  [
    'locales',
    'pass',
    'the standby writes the same name in another way',
    { standby: [{ locales: ['C', 'en_US.utf8'] }, {}] },
    'en_US.UTF-8: there on beta',
  ],
  [
    'locales',
    'pass',
    'none but C is used',
    { primary: [{}, { databases: plain, inFiles: {} }], standby: [{ locales: null }, { inFiles: {} }] },
    'none but C',
  ],
  [
    'locales',
    'fail, can be overridden',
    'a database’s own is missing',
    { primary: [{}, { databases: plain.map((each) => ({ ...each, ctype: 'cs_CZ.UTF-8' })) }] },
    'cs_CZ.UTF-8 is not on beta: after a promotion',
  ],
  [
    'locales',
    'fail',
    'the copy’s settings name one that is missing',
    { standby: [{}, { inFiles: { ...inFiles, lc_monetary: 'cs_CZ' } }] },
    'cs_CZ is not on beta: PostgreSQL would not start',
  ],
  [
    'locales',
    'fail',
    'the primary’s configuration, which comes with the copy, names one',
    { facts: bothInside, primary: [{}, { inFiles: { ...inFiles, lc_time: 'cs_CZ.UTF-8' } }] },
    'cs_CZ.UTF-8 is not on beta: PostgreSQL would not start',
  ],
  [
    'locales',
    'fail, can be overridden',
    'they could not be listed',
    { standby: [{ locales: null }, {}] },
    'could not be asked',
  ],

  [
    'memory',
    'pass',
    'the buffers fit',
    {},
    'The copy starts with 134 MB of shared buffers; beta has 8.59 GB of memory.',
  ],
  [
    'memory',
    'warn',
    'they leave little',
    { standby: [{ memoryBytes: 150 * 1024 ** 2 }, {}] },
    'little is left',
  ],
  [
    'memory',
    'fail',
    'they are larger than the memory',
    { standby: [{ memoryBytes: 128 * 1024 ** 2 }, {}] },
    'PostgreSQL would not start',
  ],
  [
    'memory',
    'fail',
    'ALTER SYSTEM on the primary made them so large',
    { primary: [{}, { inAutoFile: { shared_buffers: '64GB' } }] },
    'starts with 68.7 GB of shared buffers',
  ],
  [
    'memory',
    'fail',
    'the primary’s configuration comes with the copy',
    { facts: bothInside, primary: [{}, { inFiles: { ...inFiles, shared_buffers: '64GB' } }] },
    'starts with 68.7 GB of shared buffers',
  ],
  [
    'memory',
    'pass',
    'the primary’s own configuration stays where it is',
    { primary: [{}, { inFiles: { ...inFiles, shared_buffers: '64GB' } }] },
    'starts with 134 MB',
  ],
  [
    'memory',
    'fail',
    'huge pages are asked for and too few are set aside',
    { standby: [{ hugePagesBytes: 100 * 1024 ** 2 }, { inFiles: { ...inFiles, huge_pages: 'on' } }] },
    '105 MB of it in huge pages',
  ],
  [
    'memory',
    'pass',
    'enough huge pages are set aside',
    { standby: [{ hugePagesBytes: 200 * 1024 ** 2 }, { inFiles: { ...inFiles, huge_pages: 'on' } }] },
    'beta has 8.59 GB',
  ],
  [
    'memory',
    'fail, can be overridden',
    'the memory is not known',
    { standby: [{ memoryBytes: null }, {}] },
    'the memory of beta is not known',
  ],

  [
    'time-zones',
    'warn',
    'the machines’ differ',
    { standby: [{ timeZone: 'Europe/Prague' }, {}] },
    'Etc/UTC on alpha, Europe/Prague on beta',
  ],
  ['time-zones', 'warn', 'one is not known', { standby: [{ timeZone: null }, {}] }, 'an unknown one on beta'],
  [
    'time-zones',
    'fail',
    'the standby’s server does not know the copy’s',
    { more: { unknownZones: seen(['US/Pacific']) } },
    'does not know US/Pacific',
  ],
  ['time-zones', 'fail', 'the server could not be asked', { more: { unknownZones: unseen } }, why.message],

  [
    'application-version',
    'warn',
    'they differ',
    { standby: [{ applicationVersion: '4.1.0' }, {}] },
    '4.2.0 on alpha, 4.1.0 on beta',
  ],
  [
    'application-version',
    'warn',
    'neither is known',
    { primary: [{ applicationVersion: null }, {}], standby: [{ applicationVersion: null }, {}] },
    'unknown on alpha, unknown on beta',
  ],

  ['extensions', 'pass', 'all are there', {}, 'plpgsql, and 1 libraries: there on beta'],
]

describe('whether two machines suit each other', () => {
  test.each(rows)('%s: %s where %s', (...row) => {
    const [id, , , change, says] = row
    const check = parityCheck(id, change)
    expect(check).toMatchObject(expected(row))
    expect(check?.evidence).toContain(says)
  })

  test('is a failure of each check where nothing could be asked', () => {
    for (const id of new Set(rows.map(([name]) => name)))
      expect(parityCheck(id, { facts: { parity: null } })?.outcome, id).toBe('fail')
  })

  test('is not asked of a version that the profile does not know', () => {
    const profile = profileOf()
    const bare = { ...profile, application: { ...profile.application, versionFile: null } }
    const checks = createPreflight({ facts: createFactsOf(), input: createInputOf(), profile: bare })
    expect(checks.find(({ id }) => id === 'application-version')?.outcome).toBe('not-applicable')
  })

  test('without the database only what concerns the machines is checked', () => {
    const parity = parityFactsOf({ unknownZones: unseen, supplies: unseen })
    const input = createInputOf({ scope: { database: false, files: true } })
    const checks = createPreflight({ facts: createFactsOf({ parity }), input, profile: profileOf() })
    expect(checks.find(({ id }) => id === 'time-zones')).toMatchObject({ outcome: 'pass' })
    for (const id of ['collations', 'locales', 'memory', 'extensions', 'same-places'])
      expect(checks.some((check) => check.id === id)).toBe(false)
  })
})
