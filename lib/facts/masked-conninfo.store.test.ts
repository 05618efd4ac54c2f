import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { alterSystem, restoreSystem } from '@/lib/commands/postgres-settings'
import { maskedConninfo } from '@/lib/facts/masked-conninfo'
import { serverSurveyQuestion } from '@/lib/facts/server-survey'

let client: pg.Client
beforeAll(async () => {
  client = new pg.Client({ connectionString: inject('storeCluster') })
  await client.connect()
})
afterAll(async () => {
  await client.end()
})

const mask = async (text: string): Promise<string> =>
  (await client.query(`select ${maskedConninfo('$1::text')} as masked`, [text])).rows[0].masked

test.each([
  ['host=a password=s3cret user=r', 'host=a password=******** user=r'],
  ["password = 'two words' host=a", 'password = ******** host=a'],
  ["password='it\\'s s3cret' host=a", 'password=******** host=a'],
  ['password=s3\\ cret host=a', 'password=******** host=a'],
  ['PASSWORD=s3cret', 'PASSWORD=********'],
  ["sslpassword='s3cret' host=a", 'sslpassword=******** host=a'],
  ['postgresql://r:s3cret@a:5432/?x=y', 'postgresql://r:********@a:5432/?x=y'],
  [
    'postgres://a/db?user=r&password=s3cret&sslmode=require',
    'postgres://a/db?user=r&password=********&sslmode=require',
  ],
  ['postgresql://r@a/db', 'postgresql://r@a/db'],
  ['host=a user=r passfile=/x/.pgpass', 'host=a user=r passfile=/x/.pgpass'],
])('of %j no password is told', async (given, told) => {
  expect(await mask(given)).toBe(told)
})

test('what ALTER SYSTEM set is surveyed without the password that is in it', async () => {
  await client.query(alterSystem('primary_conninfo', "host=a user=r password='two s3cret words'").text)
  try {
    await client.query('select pg_reload_conf()')
    const { rows } = await client.query(serverSurveyQuestion.text, [...serverSurveyQuestion.params])
    expect(JSON.stringify(rows)).not.toContain('s3cret')
    expect(rows[0].survey.altered.primary_conninfo).toBe('host=a user=r password=********')
  } finally {
    await client.query(restoreSystem('primary_conninfo', undefined).text)
    await client.query('select pg_reload_conf()')
  }
})
