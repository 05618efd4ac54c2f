import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { parseReplicationSurvey, replicationSurveyQuestion } from '@/lib/facts/replication-survey'

let client: pg.Client
beforeAll(async () => {
  client = new pg.Client({ connectionString: inject('storeCluster') })
  await client.connect()
})
afterAll(async () => {
  await client.end()
})

const survey = async () => {
  const { text, params } = replicationSurveyQuestion
  return parseReplicationSurvey((await client.query(text, [...params])).rows)
}

test('a real PostgreSQL 18 answers in the form that is parsed', async () => {
  const seen = await survey()
  expect(seen).toMatchObject({ inRecovery: false, receiver: null, hasRepmgrDatabase: false })
  expect(seen.versionNum).toBeGreaterThanOrEqual(180_000)
  expect(Object.keys(seen.settings)).toContain('primary_conninfo')
  expect(seen.settings.synchronous_standby_names).toEqual({ setting: '', file: null })
})

test('an answer of another shape is an error of ours', () => {
  expect(() => parseReplicationSurvey([{ survey: { versionNum: 'x' } }])).toThrow(
    'in a form that is not known',
  )
})
