import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ensureDataDirectory } from '@/lib/runtime/data-directory'
import {
  embeddedConnectionString,
  ensureSocketDirectory,
  socketDirectoryOf,
} from '@/lib/runtime/embedded-postgres/socket-directory'
import { readEnvironment } from '@/lib/runtime/environment'
import { closeStreams, rememberStream } from '@/lib/runtime/streams'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-places-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const ensure = (dataDirectory: string) => ensureDataDirectory({ ...readEnvironment({}), dataDirectory })

describe('the data directory', () => {
  test('is made with all its parents, so that nobody lists it but everybody may pass', async () => {
    const wanted = join(folder, 'a', 'b')
    const { dataDirectory } = await ensure(wanted)
    expect(dataDirectory).toBe(wanted)
    expect(lstatSync(wanted).mode & 0o066).toBe(0)
  })

  test('has one name, by whatever link it is reached: every process comes to the same socket', async () => {
    const real = join(folder, 'real')
    mkdirSync(real)
    symlinkSync(real, join(folder, 'link'))
    expect((await ensure(join(folder, 'link'))).dataDirectory).toBe(real)
  })

  test.each([
    ['a file', () => writeFileSync(join(folder, 'data'), 'x'), 'data'],
    ['below a file', () => writeFileSync(join(folder, 'file'), 'x'), 'file/data'],
    ['a link that leads nowhere', () => symlinkSync(join(folder, 'gone'), join(folder, 'data')), 'data'],
  ])('that is %s is refused in one sentence with what to do', async (_, harm, name) => {
    harm()
    const wanted = join(folder, name)
    await expect(ensure(wanted)).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
      message: expect.stringMatching(
        new RegExp(`^The data directory ${wanted} (is not|cannot be) [^.]*\\.$`),
      ),
      fix: expect.stringContaining('--data-dir'),
    })
  })
})

describe('the embedded server’s socket', () => {
  const path = fc.string({ minLength: 1, maxLength: 200 }).map((text) => `/srv/${text.replaceAll('\0', '')}`)

  test('is always where a socket’s path fits, and the same for the same directory', () => {
    fc.assert(
      fc.property(path, (dataDirectory) => {
        const place = socketDirectoryOf(dataDirectory)
        expect(Buffer.byteLength(`${place}/.s.PGSQL.5432`)).toBeLessThanOrEqual(107)
        expect(socketDirectoryOf(dataDirectory)).toBe(place)
      }),
    )
  })

  test('is another one for another directory', () => {
    const long = '/srv/'.concat('x'.repeat(150))
    expect(socketDirectoryOf(`${long}1`)).not.toBe(socketDirectoryOf(`${long}2`))
    expect(socketDirectoryOf(`${long}1`)).toMatch(/^\/tmp\/understudy-[0-9a-f]{16}$/)
    expect(socketDirectoryOf('/srv/data')).toBe('/srv/data/run')
  })

  test('stands whole in the address, whatever characters its path has', () => {
    fc.assert(
      fc.property(path, (dataDirectory) => {
        const { hostname, searchParams } = new URL(embeddedConnectionString(dataDirectory))
        expect(hostname).toBe('localhost')
        expect(searchParams.get('host')).toBe(socketDirectoryOf(dataDirectory))
      }),
    )
  })

  test('lies in a directory that only its user can enter, also where it was open before', async () => {
    const made = await ensureSocketDirectory(folder, null)
    expect(lstatSync(made).mode & 0o777).toBe(0o700)
    chmodSync(made, 0o777)
    expect(await ensureSocketDirectory(folder, null)).toBe(made)
    expect(lstatSync(made).mode & 0o777).toBe(0o700)
  })

  test('is never put into what somebody else has placed there: a link is refused', async () => {
    symlinkSync(tmpdir(), join(folder, 'run'))
    await expect(ensureSocketDirectory(folder, null)).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
      message: `${folder}/run belongs to someone else.`,
    })
    expect(existsSync(join(folder, 'run'))).toBe(true)
  })
})

describe('open event streams', () => {
  test('are all closed when the process stops, each once', () => {
    const closed: string[] = []
    for (const name of ['one', 'two']) rememberStream(() => closed.push(name))
    expect(closeStreams()).toBe(2)
    expect(closeStreams()).toBe(0)
    expect(closed).toEqual(['one', 'two'])
  })

  test('that have ended by themselves are not closed again', () => {
    const closed: string[] = []
    const forget = rememberStream(() => closed.push('one'))
    forget()
    forget()
    expect(closeStreams()).toBe(0)
    expect(closed).toEqual([])
  })

  test('may be opened while others are closed', () => {
    let reopened = 0
    rememberStream(() => {
      rememberStream(() => {
        reopened += 1
      })
    })
    expect(closeStreams()).toBe(1)
    expect(closeStreams()).toBe(1)
    expect(reopened).toBe(1)
  })
})
