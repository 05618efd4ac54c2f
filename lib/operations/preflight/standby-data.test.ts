import { describe, expect, test } from 'vitest'
import { someonesData, standbyDataCheck } from '@/lib/operations/preflight/standby-data'
import { hostFactsOf, serverFacts } from '@/test/harness/operation-facts'

const seen = <T>(value: T) => ({ seen: true as const, value })
const sound = hostFactsOf('beta')
const withServer = (over: Parameters<typeof serverFacts>[0]) =>
  hostFactsOf('beta', { server: seen(serverFacts(over)) })
const withFiles = (foreignNames: string[]) =>
  hostFactsOf('beta', { data: sound.data.seen ? seen({ ...sound.data.value, foreignNames }) : sound.data })

describe('the data directory of the standby', () => {
  test('of a server as initdb made it is nobody’s', () => {
    expect(someonesData(sound)).toEqual([])
    expect(standbyDataCheck(sound)).toMatchObject({ outcome: 'pass' })
  })

  test('with a database of its own is someone’s, named with its size', () => {
    const host = withServer({ userDatabases: [{ name: 'ledger', bytes: 7_400_000_000 }] })
    const check = standbyDataCheck(host)
    expect(check.outcome).toBe('warn')
    expect(check.evidence).toMatch(
      /^beta holds someone’s data: the database ledger \(7\.4 GB\), 48 MB in all\.$/,
    )
    expect(check.fix).toContain('not deleted')
  })

  test('with tables in the database postgres is someone’s', () => {
    expect(someonesData(withServer({ looseTables: 1 }))).toEqual(['1 table in the database postgres'])
    expect(someonesData(withServer({ looseTables: 3 }))).toEqual(['3 tables in the database postgres'])
  })

  test('with files that PostgreSQL did not make is someone’s, and a long list stays short', () => {
    expect(someonesData(withFiles(['dump.sql']))).toEqual(['a file that PostgreSQL did not make (dump.sql)'])
    expect(someonesData(withFiles(['a', 'b', 'c', 'd', 'e', 'f']))).toEqual([
      'files that PostgreSQL did not make (a, b, c, d and 2 more)',
    ])
  })

  test('that could not be looked at is no empty one', () => {
    const why = { code: 'POSTGRES_DOWN', message: 'It does not run.', fix: 'Start it.' }
    const check = standbyDataCheck(hostFactsOf('beta', { server: { seen: false, why } }))
    expect(check).toMatchObject({ outcome: 'fail', evidence: 'It does not run.' })
  })
})
