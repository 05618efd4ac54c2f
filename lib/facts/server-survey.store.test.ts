import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createRole, dropRole, ownRoles, ownRolesQuestion, roleComment } from '@/lib/commands/postgres-roles'
import { alterSystem, restoreSystem } from '@/lib/commands/postgres-settings'
import { dropSlot, freeSlot, slotQuestion } from '@/lib/commands/postgres-slot'
import { parseServerSurvey, serverSurveyQuestion } from '@/lib/facts/server-survey'
import { flushLsnQuestion, streamingQuestion } from '@/lib/facts/streaming'
import { scramVerifier } from '@/lib/io/secrets/scram-verifier'

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
const survey = async () => parseServerSurvey(await ask(serverSurveyQuestion))

test('a real PostgreSQL 18 answers the survey in the form that is parsed', async () => {
  const seen = await survey()
  expect(seen.versionNum).toBeGreaterThanOrEqual(180_000)
  expect(seen.systemIdentifier).toMatch(/^\d{18,20}$/)
  expect(seen.inRecovery).toBe(false)
  expect(seen.settings.wal_keep_size?.unit).toBe('MB')
  expect(seen.settings.wal_keep_segments).toBeUndefined()
  expect(seen.settings.max_slot_wal_keep_size?.unit).toBe('MB')
  expect(seen.settings.data_checksums?.setting).toMatch(/^(on|off)$/)
  expect(seen.walSegmentBytes).toBe(16_777_216)
  expect(seen.tablespaces).toEqual([])
  expect(seen.databasesBytes).toBeGreaterThan(1_000_000)
})

test('what ALTER SYSTEM set is seen, and taking it back leaves nothing', async () => {
  const before = (await survey()).altered
  await client.query(alterSystem('listen_addresses', 'localhost, 10.7.0.11').text)
  expect((await survey()).altered.listen_addresses).toBe('localhost, 10.7.0.11')
  await client.query(restoreSystem('listen_addresses', before.listen_addresses).text)
  expect((await survey()).altered).toEqual(before)
})

test('roles are made with their comment and a stored verifier, and dropped again', async () => {
  const comment = roleComment('it’s \\ a pair', 'op')
  for (const role of ownRoles) {
    const verifier = scramVerifier('a-password')
    await client.query(createRole(role, verifier, comment).text)
    const { rows } = await client.query('select rolpassword from pg_authid where rolname = $1', [role])
    expect(rows[0]?.rolpassword).toBe(verifier)
  }
  const rows = await ask(ownRolesQuestion)
  expect(rows.map((row) => row.comment)).toEqual([comment, comment])
  expect((await survey()).ownRoles).toEqual(['understudy_monitor', 'understudy_repl'])
  for (const role of ownRoles) await client.query(dropRole(role).text)
  expect(await ask(ownRolesQuestion)).toEqual([])
})

test('the questions of streaming are understood by PostgreSQL 18', async () => {
  const [row] = (await client.query(flushLsnQuestion)).rows
  expect(row.lsn).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/)
  expect((await client.query(streamingQuestion, ['nobody', row.lsn])).rows).toEqual([])
})

test('databases and tables that initdb did not make are seen, with their size', async () => {
  const before = await survey()
  await client.query('create database "it’s ours"')
  await client.query('create table loose (n int)')
  try {
    const seen = await survey()
    const made = seen.userDatabases.find(({ name }) => name === 'it’s ours')
    expect(made?.bytes).toBeGreaterThan(1_000_000)
    // Other tests have databases of their own on this server, which come and go.
    expect(before.userDatabases.map(({ name }) => name)).not.toContain('it’s ours')
    expect(seen.looseTables).toBe(before.looseTables + 1)
  } finally {
    await client.query('drop table loose')
    await client.query('drop database "it’s ours"')
  }
})

test('the statements about a slot are understood, and do nothing where there is none', async () => {
  for (const statement of [freeSlot('understudy_it’s'), dropSlot('understudy_it’s')])
    expect((await client.query(statement.text)).rows).toEqual([])
  expect((await client.query(slotQuestion, ['understudy_it’s'])).rows).toEqual([])
})
