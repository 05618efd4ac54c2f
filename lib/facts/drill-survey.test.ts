import { expect, test } from 'vitest'
import {
  drillHostQuestion,
  ownerConninfo,
  parseDrillHostSurvey,
  parseDrillServerSurvey,
} from '@/lib/facts/drill-survey'
import { drillServerOf } from '@/test/harness/drill-facts'

const root = '/var/lib/postgresql/15/main.understudy-c0ffee00-drill'
const operationId = 'c0ffee00-0000-4000-8000-000000000000'
const answer = `parent=/var/lib/postgresql/15\tyes\t2049\t5000000\t9000000\txfs\tno\tyes
leftover=${root}\tUnderstudy drill, operation ${operationId}
leftover=/var/lib/postgresql/15/main.understudy-00000000-drill\tsomething of somebody
parent=/srv/fast, or not\tno\t\t\t\t\tyes\tno
amcheck=yes
timeout=yes
replicates=no
processors=4
load=0.31
memory=1000
`

test('a host’s answer is read, and what has no sentinel of ours is no leftover', () => {
  expect(parseDrillHostSurvey(answer)).toEqual({
    parents: [
      {
        ...{ path: '/var/lib/postgresql/15', isWritable: true, device: '2049' },
        ...{ freeBytes: 5_000_000, sizeBytes: 9_000_000, fileSystem: 'xfs' },
        ...{ isInData: false, sharesBlocks: true },
      },
      {
        ...{ path: '/srv/fast, or not', isWritable: false, device: '', freeBytes: 0, sizeBytes: 0 },
        ...{ fileSystem: '', isInData: true, sharesBlocks: false },
      },
    ],
    leftovers: [{ root, operationId }],
    hasAmcheck: true,
    hasTimeout: true,
    mayReplicate: false,
    processors: 4,
    load: 0.31,
    memoryBytes: 1_024_000,
  })
})

test('whether it may replicate is unknown where it could not be tried', () => {
  expect(parseDrillHostSurvey(answer.replace('replicates=no\n', '')).mayReplicate).toBeNull()
})

test('an answer that is cut off is an error, never a host without load', () => {
  for (const line of ['processors=4\n', 'load=0.31\n', 'memory=1000\n'])
    expect(() => parseDrillHostSurvey(answer.replace(line, ''))).toThrow(
      expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }),
    )
})

test('a server’s answer is read, and one of another shape is an error', () => {
  expect(parseDrillServerSurvey([{ survey: drillServerOf() }])).toEqual(drillServerOf())
  expect(() => parseDrillServerSurvey([{ survey: { archiveMode: 'off' } }])).toThrow(
    expect.objectContaining({ code: 'POSTGRES_QUERY_FAILED' }),
  )
})

test('no name can become a word of the shell, and no password stands in the connection', () => {
  const asked = {
    ...{ dataDirectory: "/var/it's $(here)", root: '/x.understudy-0a1b2c3d-drill', tablespaces: [] },
    ...{ binDirectory: '/usr/bin', socketDirectory: '/tmp', port: 5432, osUser: 'postgres' },
  }
  expect(drillHostQuestion(asked).text).toContain(`d='/var/it'\\''s $(here)'`)
  expect(ownerConninfo(asked, 'understudy')).not.toContain('password')
})
