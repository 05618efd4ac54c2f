import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseServerFacts, serverFactsSql } from '@/lib/facts/server-facts'

const folder = fileURLToPath(new URL('../../test/recorded/server/', import.meta.url))
const recorded = readdirSync(folder).filter((file) => file.endsWith('.json'))
const readFacts = (file: string) =>
  parseServerFacts([{ facts: JSON.parse(readFileSync(folder + file, 'utf8')) }])

/** Recorded from real servers by `EXECUTE understudy_facts`: `pg<major>-<role>-<as whom>.json`. */
describe.each(recorded)('%s', (file) => {
  const [, major = '', role = '', identity = ''] = /^pg(\d+)-(\w+)-(\w+)\.json$/.exec(file) ?? []
  const facts = readFacts(file)

  test('is read whole, with the version of the server that answered', () => {
    expect(String(Math.floor(facts.versionNum / 10_000))).toBe(major)
    expect(facts.systemIdentifier).toMatch(/^\d{19}$/)
    expect(facts.walSegmentsConfigured).toBe(32)
    expect(facts.walSegmentBytes).toBe(16 * 1024 * 1024)
    expect(facts.walSegmentsInUse).toBeGreaterThan(0)
    expect(facts.oldestWalLsn).toMatch(/^0\/\d000000$/)
    expect(facts.startedAt).toMatch(/^2026-.*Z$/)
    expect(facts.dataDirectory).toMatch(/^\//)
  })

  test('tells its role, and the positions of that role only', () => {
    expect(facts.inRecovery).toBe(role === 'standby')
    expect(facts.currentLsn === null).toBe(role === 'standby')
    expect(facts.replayedLsn === null).toBe(role !== 'standby')
    expect(facts.timeline).toBe(role === 'promoted' ? 2 : 1)
  })

  test('shows the stream from its own side', () => {
    if (role === 'primary')
      expect(facts.senders).toMatchObject([{ applicationName: 'understudy_ledger', state: 'streaming' }])
    if (role === 'standby') {
      expect(facts.receiver).toMatchObject({ status: 'streaming', senderHost: '127.0.0.1', timeline: 1 })
      expect(facts.receiver?.latestEndLsn).toBe(facts.receivedLsn)
      expect(facts.lastReplayedCommitAt).toMatch(/Z$/)
    }
  })

  test('is the same for the owner and for the monitoring role', () => {
    if (identity !== 'monitor') return
    const owner = readFacts(file.replace('monitor', 'owner'))
    expect({ ...facts, receiver: null }).toEqual({ ...owner, receiver: null })
    expect(facts.receiver?.latestEndLsn).toEqual(owner.receiver?.latestEndLsn)
  })
})

test('answers were recorded on more than one version', () => {
  expect(new Set(recorded.map((file) => file.split('-')[0])).size).toBeGreaterThanOrEqual(2)
})

test('before PostgreSQL 13 the segments kept are a setting of their own', () => {
  const facts = JSON.parse(readFileSync(`${folder}pg15-primary-owner.json`, 'utf8'))
  const before13 = { ...facts, versionNum: 120_022, walKeepBytes: null, walKeepSegments: 48 }
  expect(parseServerFacts([{ facts: before13 }]).walSegmentsConfigured).toBe(48)
})

test('a segment’s name gives its start, whatever the size of segments', () => {
  const facts = JSON.parse(readFileSync(`${folder}pg15-primary-owner.json`, 'utf8'))
  const at = (oldestWalSegment: string | null, walSegmentBytes: number) =>
    parseServerFacts([{ facts: { ...facts, oldestWalSegment, walSegmentBytes } }]).oldestWalLsn
  expect(at('0000005A000000FF', 16 * 1024 * 1024)).toBe('5A/FF000000')
  expect(at('0000000100000003', 1024 * 1024 * 1024)).toBe('1/C0000000')
  expect(at(null, 1024 * 1024)).toBeNull()
})

test.each([[[]], [[{ facts: null }]], [[{ facts: { versionNum: 'fifteen' } }]]])(
  'an answer that is not what was asked for is an error, never an empty success: %j',
  (rows) => {
    expect(() => parseServerFacts(rows)).toThrowError(
      expect.objectContaining({ code: 'POSTGRES_QUERY_FAILED' }),
    )
  },
)

test('the question only reads', () => {
  expect(serverFactsSql.once).not.toMatch(/\b(insert|update|delete|alter|create|drop|set|call)\b/i)
})
