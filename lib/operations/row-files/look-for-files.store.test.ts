import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import type { RowFilesLook } from '@/lib/domain/row-files'
import { lookForRowFiles } from '@/lib/operations/row-files/look-for-files'
import type { Profile } from '@/lib/profiles/schema'
import { systemClock } from '@/lib/time'
import { createInputOf, hostOf, profileOf } from '@/test/harness/operation-facts'
import { OwnDoor } from '@/test/harness/own-door'
import { type OwnServers, startOwnServers } from '@/test/harness/own-servers'

/** Real PostgreSQL, primary and hot standby, and real files beside the standby. */
let servers: OwnServers
let vault: string
const hosts = {
  primary: hostOf('alpha', '10.7.0.11'),
  standby: { ...hostOf('beta', '10.7.0.12'), privilege: 'unprivileged' as const, home: '/nowhere' },
}
let doors: { primary: OwnDoor; standby: OwnDoor }

const on = async (role: 'primary' | 'standby', text: string, database = 'postgres') => {
  const { osUser, port } = servers
  const socketDirectory = servers[role].directory
  const session = await doors[role].database({
    identity: { as: 'owner' },
    database,
    port,
    socketDirectory,
    osUser,
  })
  try {
    return await session.query(text)
  } finally {
    await session.close()
  }
}

const look = async (query: string, { database = 'postgres', until = new AbortController().signal } = {}) => {
  const { osUser, port, standby } = servers
  const profile: Profile = {
    ...profileOf(),
    postgres: { database, osUser, port, socketDirectory: standby.directory },
    rowFiles: [{ id: 'entries', title: 'Entries', directory: 'vault', query, timeoutSeconds: 30 }],
  }
  const { settings } = createInputOf()
  const [first, ...others] = settings.directories
  if (!first) throw new Error('the pair has directories')
  const pair = {
    scope: { database: true, files: true },
    settings: { ...settings, directories: [{ ...first, path: vault }, ...others] },
  }
  const given = { door: doors.standby, host: hosts.standby, profile, pair, clock: systemClock }
  const [found] = (await lookForRowFiles(given, until))?.looks ?? []
  return found
}
const put = (name: string | Buffer) => {
  const path = Buffer.concat([Buffer.from(`${vault}/`), Buffer.from(name)])
  mkdirSync(dirname(path.toString('latin1')), { recursive: true })
  writeFileSync(path, 'x')
}

beforeAll(async () => {
  servers = await startOwnServers()
  doors = {
    primary: new OwnDoor(hosts.primary, servers.as),
    standby: new OwnDoor(hosts.standby, servers.as),
  }
  vault = join(servers.standby.directory, 'vault')
  mkdirSync(join(vault, 'a'), { recursive: true })
  if (servers.as.uid !== undefined) chownSync(vault, servers.as.uid, servers.as.gid ?? 0)
  await on('primary', 'create table public.entries (file text unique, raw bytea)')
  await on('primary', `insert into public.entries select 'many/' || n, null from generate_series(1, 12000) n`)
  await on(
    'primary',
    String.raw`insert into public.entries values ('a/it''s "q" $(id)', null), (E'a/new\nline', '\x612fff0a'), ('a/gone é', '\x612f00'),
      ('${vault}/a/absolute', null), ('../etc/passwd', null), ('/etc/passwd', null), ('', null), (null, '\x612fee')`,
  )
  await on('primary', `create database old encoding 'SQL_ASCII' locale 'C' template template0`)
  await on('primary', 'create table public.files (file varchar(100))', 'old')
  await on('primary', String.raw`insert into public.files values (E'a/\xff\xfe'), (E'a/\xff\xfd')`, 'old')
  servers.addStandby()
  await awaitFact('the rows on the standby', async () => {
    const [row] = await on('standby', 'select count(*)::int as n from public.files', 'old').catch(() => [])
    return row?.n === 2
  })
  mkdirSync(join(vault, 'many'))
  for (let n = 1; n <= 12_000; n++) if (n % 4_000 !== 0) writeFileSync(join(vault, 'many', String(n)), '')
  for (const name of ['a/it\'s "q" $(id)', 'a/new\nline', 'a/absolute', Buffer.from('612fff0a', 'hex')])
    put(name)
  put(Buffer.from([0x61, 0x2f, 0xff, 0xfe]))
}, 120_000)
afterAll(async () => {
  await doors?.standby.close()
  await doors?.primary.close()
  servers?.stop()
})

test('on a hot standby every row’s file is looked for, page by page, and those that are missing are named', async () => {
  expect(
    await look(
      'select file from public.entries where file like $$many/%$$ or file like $$a/%$$ -- all of them',
    ),
  ).toEqual({
    id: 'entries',
    title: 'Entries',
    directory: 'Vault',
    files: 12_003,
    missing: 4,
    names: ['a/gone \\#303\\#251', 'many/12000', 'many/4000', 'many/8000'],
    strange: 0,
    isAll: true,
    why: '',
  } satisfies RowFilesLook)
})

test('an absolute path in the directory is one, and what leads out of it is not looked for', async () => {
  const found = await look(
    `select file from public.entries where file like '/%' or file like '..%' or file = ''`,
  )
  expect(found).toMatchObject({ files: 1, missing: 0, strange: 3, isAll: true })
})

test('a name of any bytes is found, from a column of bytes and from a database without an encoding', async () => {
  expect(await look('select raw from public.entries')).toMatchObject({
    files: 2,
    missing: 1,
    names: ['a/\\#356'],
    strange: 1,
    isAll: true,
  })
  expect(await look('select file from public.files', { database: 'old' })).toMatchObject({
    files: 2,
    missing: 1,
    names: ['a/\\#377\\#375'],
  })
})

test('a table without rows has nothing that is missing', async () => {
  expect(await look('select file from public.entries where false')).toMatchObject({
    files: 0,
    missing: 0,
    isAll: true,
  })
})

test('when the time is over it is said that it is not all, and nothing of it is called a fault', async () => {
  const found = await look('select file from public.entries, pg_sleep(20)', {
    until: AbortSignal.timeout(300),
  })
  expect(found).toMatchObject({ isAll: false, why: '' })
})

test.each([
  ['select file from entries', /refused a statement/],
  ['delete from public.entries returning file', /refused a statement/],
])('a query that can’t be asked is told with why: %s', async (query, why) => {
  expect(await look(query)).toMatchObject({ isAll: false, missing: 0, why: expect.stringMatching(why) })
})

test('a database that is not there is told, and so is a directory', async () => {
  expect((await look('select 1::text', { database: 'nowhere' }))?.why).not.toBe('')
  const before = vault
  vault = join(before, 'gone')
  expect((await look('select file from public.entries'))?.why).toContain('is not there on beta')
  vault = before
})
