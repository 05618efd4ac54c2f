import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  type Dashboard,
  killLauncher,
  killWorker,
  processesOf,
  startDashboard,
} from '@/test/harness/dashboard'

const root = fileURLToPath(new URL('../../..', import.meta.url))
let parent = ''
let dashboard: Dashboard
const dataDirectory = () => join(parent, 'data')
let cookie = ''

beforeAll(async () => {
  parent = await mkdtemp('/tmp/understudy-launcher-')
  // The server's own user must be able to pass.
  spawnSync('chmod', ['711', parent])
  dashboard = await startDashboard({ dataDirectory: dataDirectory() })
}, 600_000)
afterAll(async () => {
  await dashboard.stop()
  await rm(parent, { recursive: true, force: true })
}, 60_000)

/** The command line, to its end. */
async function understudy(...args: readonly string[]) {
  const child = spawn(process.execPath, [join(root, 'bin', 'understudy'), ...args], { cwd: tmpdir() })
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  return { code, lines: stderr.trim().split('\n') }
}

const api = (path: string, init: RequestInit = {}) =>
  fetch(`${dashboard.url}${path}`, {
    ...init,
    headers: { cookie, 'content-type': 'application/json', origin: dashboard.url },
  })

/** An open event stream; `ended` resolves when the server ends it. */
async function openStream(): Promise<{ ended: Promise<unknown> }> {
  return new Promise((resolve, reject) => {
    const request = get(`${dashboard.url}/api/v1/stream`, { headers: { cookie } }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`the stream answered ${answer.statusCode}`))
      const ended = new Promise((end) => answer.once('close', end))
      answer.on('error', () => undefined)
      answer.once('data', () => resolve({ ended }))
    })
    request.once('error', reject)
  })
}

test('the address that was printed makes the first administrator, once', async () => {
  const body = JSON.stringify({
    code: dashboard.setupCode,
    name: 'Ada',
    email: 'ada@example.org',
    password: 'correct horse battery',
  })
  const made = await api('/api/v1/setup', { method: 'POST', body })
  expect(made.ok).toBe(true)
  cookie = made.headers
    .getSetCookie()
    .map((text) => text.split(';')[0])
    .join('; ')
  expect(await (await api('/api/v1/session')).json()).toMatchObject({ user: { email: 'ada@example.org' } })
  expect((await api('/api/v1/setup', { method: 'POST', body })).status).toBe(409)
})

test('a second start on the same data directory names who has it and stops; the first goes on', async () => {
  const second = await understudy('start', '--data-dir', `${parent}/../${parent.split('/').at(-1)}/data`)
  expect(second.code).toBe(1)
  expect(second.lines).toHaveLength(2)
  expect(second.lines[0]).toMatch(/already runs on .* process \d+, since .* at http:/)
  expect((await api('/readyz')).status).toBe(200)
})

test('a taken port is one clear line, and nothing of the start is left', async () => {
  const other = join(parent, 'other')
  const refused = await understudy('start', '--data-dir', other, '--port', new URL(dashboard.url).port)
  expect(refused).toMatchObject({ code: 1 })
  expect(refused.lines[0]).toMatch(/^understudy: Port \d+ on 127\.0\.0\.1 is taken/)
  expect(await readdir(other)).toEqual([])
  expect(await processesOf(other)).toEqual([])
})

test('a data directory that is a file is one clear line', async () => {
  const file = join(parent, 'file')
  await writeFile(file, '')
  const refused = await understudy('start', '--data-dir', file)
  expect(refused).toMatchObject({ code: 1 })
  expect(refused.lines[0]).toBe(`understudy: The data directory ${file} is not a directory.`)
})

test('a worker that is killed is started again, and said', async () => {
  await killWorker(dataDirectory())
  await vi.waitFor(
    () => expect(dashboard.output()).toContain('The worker ended (SIGKILL); starting it again'),
    {
      timeout: 20_000,
    },
  )
})

test('the database server killed under it is started again, and the pages go on by themselves', async () => {
  const pid = Number(
    (await readFile(join(dataDirectory(), 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0],
  )
  process.kill(pid, 'SIGKILL')
  await vi.waitFor(() => expect(dashboard.output()).toContain('The database runs again.'), {
    timeout: 60_000,
  })
  await vi.waitFor(async () => expect((await api('/api/v1/pairs')).status).toBe(200), { timeout: 20_000 })
})

test('with an event stream open it stops within 5 s, the stream is ended, and no process is left', async () => {
  const stream = await openStream()
  const since = performance.now()
  expect(await dashboard.stop()).toBe(0)
  expect(performance.now() - since).toBeLessThan(5_000)
  await stream.ended
  expect(await processesOf(dataDirectory())).toEqual([])
})

test('the next start finds everything, and asks for no administrator', async () => {
  dashboard = await startDashboard({
    dataDirectory: dataDirectory(),
    port: Number(new URL(dashboard.url).port),
  })
  expect(dashboard.setupCode).toBe('')
  expect(await (await api('/api/v1/session')).json()).toMatchObject({ user: { email: 'ada@example.org' } })
}, 120_000)

test('when the launcher is killed, pages and worker end by themselves, and the next start takes the database over', async () => {
  await killLauncher(dataDirectory())
  const isPostgres = async (pid: number) =>
    (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'postgres')).includes('postgres')
  await vi.waitFor(
    async () => {
      for (const pid of await processesOf(dataDirectory())) expect(await isPostgres(pid)).toBe(true)
    },
    { timeout: 20_000 },
  )
  dashboard = await startDashboard({
    dataDirectory: dataDirectory(),
    port: Number(new URL(dashboard.url).port),
  })
  expect(dashboard.output()).toContain('The database of the last start was still running')
  expect(await (await api('/api/v1/session')).json()).toMatchObject({ user: { email: 'ada@example.org' } })
}, 120_000)

test('a database that was taken over is stopped in order too, and no process is left', async () => {
  expect(await dashboard.stop()).toBe(0)
  expect(dashboard.output()).toMatch(/Stopping …\nStopped\.\n$/)
  expect(await processesOf(dataDirectory())).toEqual([])
})
