import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError, type ErrorCode } from '@/lib/errors'
import { parseControlData } from '@/lib/facts/control-data'
import { parseCopyProgress } from '@/lib/facts/copy-progress'
import { parseCopyingJobs } from '@/lib/facts/copying-jobs'
import { parseDirectoryRuns, parseRunRecord, parseVerification } from '@/lib/facts/directory-runs'
import { parseFence } from '@/lib/facts/fence-facts'
import { parseHostClock } from '@/lib/facts/host-clock'
import { parseLogChunk, toLogText } from '@/lib/facts/log-chunk'
import { parseMachineInventory } from '@/lib/facts/machine-inventory'
import { parseMachineParity } from '@/lib/facts/machine-parity'
import { parseMachinePulse } from '@/lib/facts/machine-pulse'
import { parseDataDirectorySurvey, parseMachineSurvey } from '@/lib/facts/machine-survey'
import { parseOwnerNames } from '@/lib/facts/owner-names'
import { parsePaths } from '@/lib/facts/path-survey'
import { parseReplicationSurvey } from '@/lib/facts/replication-survey'
import { parseReplicationTools } from '@/lib/facts/replication-tools'
import { parseRunRecords } from '@/lib/facts/run-records'
import { parseServerFacts } from '@/lib/facts/server-facts'
import { parseServerIdentity } from '@/lib/facts/server-identity'
import { parseServerSurvey } from '@/lib/facts/server-survey'
import { parseStandbyPlaces } from '@/lib/facts/standby-places'
import { replicationOf } from '@/test/harness/found-facts'
import { anyText, hostileNames } from '@/test/harness/hostile-text'
import { serverFacts } from '@/test/harness/operation-facts'

/**
 * A host’s answer may be cut off, mixed with somebody’s greeting, or of a version that nobody has seen. Whatever comes: a parser
 * gives facts or an error of its own codes, never another exception, and never a number that is none.
 */
const record =
  '{"start":"2026-11-23T02:41:01Z","end":"2026-11-23T02:41:02Z","exit":0,"result":"ok","files":12,"bytes":4096,"deletions":0,"failures":0,"reason":""}'
const machine = `machine_id=${'a'.repeat(32)}\nsystem=Debian GNU/Linux 12\narchitecture=x86_64\nsystemd=yes\nrsync=3.2.7\nssh=yes\nkeyscan=yes\ncron=yes\napplication_load=loaded\napplication_active=active\napplication_enabled=enabled\nclock=1795000000000\n`
const verified =
  '{"at":"2026-11-23T02:10:00Z","result":"ok","reason":"","began":"2026-11-23T02:00:00Z","ended":"","lastBegan":"","lastEnded":"","lastFiles":0,"lastBytes":0,"files":120,"bytes":1000,"checkedFiles":40,"checkedBytes":300,"changed":3,"suspects":1,"differs":1,"names":["a/b"]}'

type Parser = { readonly sound: string; readonly parse: (text: string) => unknown; readonly code: ErrorCode }
const host = 'HOST_COMMAND_FAILED' as const
const parsers: Readonly<Record<string, Parser>> = {
  pg_controldata: {
    sound: `Database system identifier: 7400000000000000001\nDatabase cluster state: shut down\nLatest checkpoint location: 0/3000060\nLatest checkpoint's TimeLineID: 2\n`,
    parse: parseControlData,
    code: host,
  },
  'a fence': {
    sound: 'running=no\nsignal=:op\nstart_conf=auto\nenabled=disabled\n',
    parse: parseFence,
    code: host,
  },
  'a server’s identity': {
    sound: 'running=yes\nsignal=no\nsystem=7400\n',
    parse: parseServerIdentity,
    code: host,
  },
  'places of a standby': {
    sound: 'data=yes\ndata_signal=\ncopy=no\ncopy_signal=\naside=no\naside_begun=no\nrunning=yes\n',
    parse: parseStandbyPlaces,
    code: host,
  },
  'a clock': {
    sound: '1795000000123456789\n',
    parse: (text) => parseHostClock(text, { atMs: 1_795_000_000_000, tookMs: 2 }),
    code: host,
  },
  'a machine': { sound: machine, parse: parseMachineSurvey, code: host },
  'a data directory': {
    sound: 'bin=/usr/bin\nbasebackup=yes\nwal_link=no\nparent_writable=yes\nstart_conf=\nowner=postgres\n',
    parse: parseDataDirectorySurvey,
    code: host,
  },
  paths: {
    sound:
      '/srv\tyes\t0\t0\tno\t/\t42\t1000\tnfs4\tnas:/a b\t10\t0:0 998:33\t0\tno\t/srv/a \n/x\tno\t-\t-\tno\t/\t42\t1000\text4\t/dev/sda1\t0\t\t0\tno\t\n',
    parse: parsePaths,
    code: host,
  },
  'what must suit another machine': {
    sound:
      'memory=24684096\nhuge_pages=2\nhuge_size=2048\nlibc=glibc 2.36\nhas_locale=yes\nlocales=C en_US.utf8 \nzone=Etc/UTC\nversion=4.2\nmanagers=\nend=yes\n',
    parse: parseMachineParity,
    code: host,
  },
  'users and groups': {
    sound: 'passwd 998 ledger\ngroup 998 ledger\nend\n',
    parse: parseOwnerNames,
    code: host,
  },
  'a pulse': {
    sound: `hostname a\nmachine-id m\nboot-id b\nuptime 1.5\npostgres running\ncron running\ndirectories:\nvault\nidle\n${record}\n${record}\n${verified}\n`,
    parse: parseMachinePulse,
    code: host,
  },
  'an inventory': {
    sound: 'time-zone Europe/Prague\ndisk 1 2 4096\napplication active\nversion 4.2\n',
    parse: parseMachineInventory,
    code: host,
  },
  'runs of directories': {
    sound: `vault\nrunning\n${record}\n${record}\n${verified}\n`,
    parse: parseDirectoryRuns,
    code: host,
  },
  'a record of a run': { sound: record, parse: parseRunRecord, code: host },
  'a record of a verification': { sound: verified, parse: parseVerification, code: host },
  'a piece of a log': { sound: 'file=66:1\nsize=5\noffset=0\naGVsbG8=\n', parse: parseLogChunk, code: host },
  'what made a replication': {
    sound:
      'repmgr_conf /etc/repmgr.conf\nrepmgr_version 5.3.3\nunit active enabled repmgrd.service\nprocess repmgrd\ndata yes\nsignal 0\npassword /root/.pgpass\t10.0.0.1:5432:replication:r\nend yes\n',
    parse: parseReplicationTools,
    code: host,
  },
  'what copies files': {
    sound:
      '@crontab root\n\t*/5 * * * * rsync -a a:/srv/ /srv/\n@file /etc/cron.d/x\n\t@daily root /x.sh\n@timer x.timer x.service active enabled root\n\t[Service]\n\tExecStart=rsync a:/b /b\n@script /x.sh\n\trsync -a /c b:/c\n@unread the crontab of ann\n@end\n',
    parse: parseCopyingJobs,
    code: host,
  },
  'progress of copies': { sound: 'vault 100\netc 5\n', parse: parseCopyProgress, code: host },
}

/** Facts, or one of our errors with this code and a fix; anything else fails the test. */
function outcomeOf({ parse, code }: Parser, text: string): 'facts' | 'error' {
  try {
    verifyNumbers(parse(text))
    return 'facts'
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(error).toMatchObject({ code, fix: expect.stringMatching(/\S/) })
    expect(error.detail.length).toBeLessThan(2_000)
    return 'error'
  }
}

function verifyNumbers(value: unknown): void {
  if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true)
  if (value instanceof Map) for (const entry of value.values()) verifyNumbers(entry)
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(verifyNumbers)
}

describe.each(Object.entries(parsers))('the answer about %s', (_, parser) => {
  test('is read when it is whole', () => {
    expect(outcomeOf(parser, parser.sound)).toBe('facts')
  })

  test('cut off anywhere is facts or an error', () => {
    for (let length = 0; length < parser.sound.length; length += 1)
      outcomeOf(parser, parser.sound.slice(0, length))
  })

  test('without one of its lines is facts or an error', () => {
    const lines = parser.sound.split('\n')
    for (const index of lines.keys()) outcomeOf(parser, lines.toSpliced(index, 1).join('\n'))
  })

  test('with anything between its lines is facts or an error', () => {
    const lines = parser.sound.split('\n')
    fc.assert(
      fc.property(anyText, fc.nat(lines.length), (noise, at) => {
        outcomeOf(parser, lines.toSpliced(at, 0, noise).join('\n'))
      }),
      { numRuns: 30 },
    )
  })

  test('that is something else altogether is facts or an error', () => {
    fc.assert(
      fc.property(anyText, (text) => void outcomeOf(parser, text)),
      { numRuns: 30 },
    )
    for (const text of [...hostileNames, 'sh: 1: not found\n', '\0\0\0', '{}', 'null', '='.repeat(1_000)])
      outcomeOf(parser, text)
  })

  test('with any one of its words spoiled is facts or an error', () => {
    const words = parser.sound.split(/([=: \t\n]+)/)
    for (const index of words.keys())
      for (const spoiled of ['-', 'NaN', 'x', '1e999', '-1', '٣', ''])
        outcomeOf(parser, words.toSpliced(index, 1, spoiled).join(''))
  })
})

const recordings = fileURLToPath(new URL('../../test/recorded/server/', import.meta.url))
const recorded = readdirSync(recordings).map((name) =>
  JSON.parse(readFileSync(`${recordings}${name}`, 'utf8')),
)

/** The same object with one key changed: left out, null, a text, a number. */
const spoil = (facts: Readonly<Record<string, unknown>>, key: string) => [
  Object.fromEntries(Object.entries(facts).filter(([name]) => name !== key)),
  ...[null, 'spoiled', -1, [], {}].map((value) => ({ ...facts, [key]: value })),
]

describe('a server’s answer about itself', () => {
  const parse = (facts: unknown) => parseServerFacts([{ facts }])
  const server: Parser = { sound: '', parse, code: 'POSTGRES_QUERY_FAILED' }

  test('with any one of its facts missing or of another kind is facts or an error, on every version', () => {
    for (const facts of recorded)
      for (const key of Object.keys(facts))
        for (const spoiled of spoil(facts, key)) outcomeOf({ ...server, parse: () => parse(spoiled) }, '')
  })

  test('is never read without what a verdict stands on', () => {
    for (const key of ['systemIdentifier', 'timeline', 'inRecovery', 'versionNum', 'walSegmentBytes'])
      for (const facts of recorded) {
        const { [key]: _, ...rest } = facts
        expect(outcomeOf({ ...server, parse: () => parse(rest) }, ''), key).toBe('error')
      }
  })

  test('is an error where there is no row', () => {
    for (const rows of [[], [{}], [{ facts: null }]]) expect(() => parseServerFacts(rows)).toThrow(AppError)
  })

  test('before an operation is facts or an error too, with any one of them spoiled', () => {
    const survey = serverFacts()
    for (const key of Object.keys(survey))
      for (const spoiled of spoil(survey, key))
        outcomeOf({ ...server, parse: () => parseServerSurvey([{ survey: spoiled }]) }, '')
    for (const text of hostileNames)
      outcomeOf({ ...server, parse: () => parseServerSurvey([{ survey: text }]) }, '')
  })
})

test('a server’s answer about how it replicates is facts or an error, with any one of them spoiled', () => {
  const survey = replicationOf('by-hand', 'standby')
  for (const key of Object.keys(survey))
    for (const spoiled of spoil(survey, key))
      outcomeOf(
        {
          sound: '',
          code: 'POSTGRES_QUERY_FAILED',
          parse: () => parseReplicationSurvey([{ survey: spoiled }]),
        },
        '',
      )
  for (const rows of [[], [{}], [{ survey: null }]])
    expect(() => parseReplicationSurvey(rows)).toThrow(AppError)
})

describe('text of a log', () => {
  test('read in pieces of any size is the same text, in whatever characters', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 4, max: 40 }), (text, size) => {
        const all = Buffer.from(text)
        let read = ''
        for (let offset = 0; offset < all.length; ) {
          const piece = toLogText({
            offset,
            bytes: all.subarray(offset, offset + size),
          })
          read += piece.text
          expect(piece.nextOffset).toBeGreaterThan(offset)
          offset = piece.nextOffset
        }
        expect(read).toBe(text)
      }),
    )
  })

  test('of bytes that are no text is shown, not thrown away', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (bytes) => {
        const { text, offset, nextOffset } = toLogText({ offset: 0, bytes })
        expect(offset).toBe(0)
        expect(nextOffset).toBeLessThanOrEqual(bytes.length)
        if (nextOffset > 0) expect(text).not.toBe('')
      }),
    )
  })

  test('in records leaves out what is only half there', () => {
    const bytes = Buffer.from(`${record}\n${record}\n${record.slice(0, 30)}`)
    expect(parseRunRecords({ offset: 0, bytes })).toHaveLength(2)
    expect(parseRunRecords({ offset: 10, bytes: bytes.subarray(10) })).toHaveLength(1)
  })
})
