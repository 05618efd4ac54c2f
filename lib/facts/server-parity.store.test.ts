import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { hasCode } from '@/lib/errors'
import {
  databaseParityQuestion,
  parseDatabaseParity,
  parseServerParity,
  parseStandbySupplies,
  serverParityQuestion,
  standbySuppliesQuestion,
  timeZoneKnownQuestion,
} from '@/lib/facts/server-parity'

let client: pg.Client
beforeAll(async () => {
  client = new pg.Client({ connectionString: inject('storeCluster') })
  await client.connect()
})
afterAll(async () => {
  await client.end()
})
const ask = async (question: { text: string; params: readonly unknown[] }) =>
  (await client.query(question.text, [...question.params])).rows
const parity = async () => parseServerParity(await ask(serverParityQuestion))
const database = async () => parseDatabaseParity(await ask({ text: databaseParityQuestion, params: [] }))

describe('a real PostgreSQL 18', () => {
  test('tells how its databases are sorted, its rules of access, and where its libraries are', async () => {
    const seen = await parity()
    const own = seen.databases.find(({ name }) => name === 'template1')
    expect(own).toMatchObject({ provider: expect.stringMatching(/^[cib]$/), canConnect: true })
    expect(own?.collate).toMatch(/\S/)
    expect(seen.databases.find(({ name }) => name === 'template0')?.canConnect).toBe(false)
    expect(seen.libraryDirectory).toMatch(/^\/.*\/lib/)
    expect(seen.hbaRules.length).toBeGreaterThan(0)
    for (const { type, databases, users } of seen.hbaRules) {
      expect(type).toMatch(/^(local|host)/)
      expect(databases.length > 0 && users.length > 0).toBe(true)
    }
    expect(seen.units.shared_buffers).toBe('8kB')
    expect(seen.builtIn.max_connections).toBe('100')
  })

  test('tells what its files will make of a setting, before any of it is loaded', async () => {
    const { rows } = await client.query('show max_connections')
    await client.query(`alter system set max_connections = 777`)
    await client.query(`alter system set timezone = 'Europe/Prague'`)
    try {
      const seen = await parity()
      expect(seen.inAutoFile).toMatchObject({ max_connections: '777', timezone: 'Europe/Prague' })
      expect(seen.inFiles.max_connections).not.toBe('777')
      expect((await client.query('show max_connections')).rows).toEqual(rows)
    } finally {
      await client.query('alter system reset max_connections')
      await client.query('alter system reset timezone')
    }
    expect((await parity()).inAutoFile.max_connections).toBeUndefined()
  })

  test('tells what a database needs: extensions, libraries, and locales of single columns', async () => {
    const before = await database()
    expect(before.extensions).toContainEqual({ name: 'plpgsql', version: expect.any(String) })
    expect(before.libraries).toContain('$libdir/plpgsql')
    await client.query(`create collation own (provider = libc, locale = 'C.utf8')`)
    await client.query('create table sorted (word text collate own)')
    try {
      expect((await database()).locales).toContain('C.utf8')
      expect(before.locales).not.toContain('C.utf8')
    } finally {
      await client.query('drop table sorted')
      await client.query('drop collation own')
    }
  })

  test('tells which libraries and extensions it has, looked for where it would look itself', async () => {
    const { libraryDirectory } = await parity()
    const libraries = [
      '$libdir/plpgsql',
      'plpgsql',
      `${libraryDirectory}/plpgsql.so`,
      '$libdir/no_such',
      'no_such',
      '$libdir/plugins/no_such',
      "it's; no",
    ]
    const missing = ["it's; no", '$libdir/no_such', '$libdir/plugins/no_such', 'no_such']
    const supplies = async (path: string) =>
      parseStandbySupplies(await ask(standbySuppliesQuestion(libraries, path, ['plpgsql', 'no_such'])))
    const found = await supplies('$libdir')
    expect([...found.missingLibraries].sort()).toEqual(missing.sort())
    expect(found.extensions).toEqual([{ name: 'plpgsql', versions: [expect.any(String)] }])
    expect((await supplies('/nowhere')).missingLibraries).toContain('plpgsql')
    expect((await supplies('/nowhere:$libdir')).missingLibraries).not.toContain('plpgsql')
  })

  test('refuses a time zone that it does not know, and keeps its own', async () => {
    const before = (await client.query('show timezone')).rows
    await ask(timeZoneKnownQuestion('Europe/Prague'))
    await expect(ask(timeZoneKnownQuestion('Lab/Nowhere'))).rejects.toMatchObject({ code: '22023' })
    expect((await client.query('show timezone')).rows).toEqual(before)
  })
})

test.each([
  [parseServerParity, [{ parity: '{}' }]],
  [parseServerParity, []],
  [parseDatabaseParity, [{ parity: 'no json' }]],
  [parseStandbySupplies, [{ supplies: { missingLibraries: 'all' } }]],
])('an answer of another form is an error, never an empty value', (parse, rows) => {
  try {
    parse(rows)
    expect.unreachable()
  } catch (error) {
    expect(hasCode(error, 'POSTGRES_QUERY_FAILED')).toBe(true)
  }
})
