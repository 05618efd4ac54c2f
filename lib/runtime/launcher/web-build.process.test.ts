import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ensureWebBuild, standaloneServer } from '@/lib/runtime/launcher/web-build'

/** A checkout whose `next build` is a small script that counts itself: the real one is built by the browser tests. */
let root: string
let said: string[]
const put = (path: string, content: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}
const nextIs = (body: string) =>
  put(
    'node_modules/next/dist/bin/next',
    `const fs = require('fs'); fs.appendFileSync('builds', 'x')\n${body}\n`,
  )
const sound = `fs.mkdirSync('.next/standalone', { recursive: true }); fs.mkdirSync('.next/static', { recursive: true })
fs.writeFileSync('.next/standalone/server.js', ''); fs.writeFileSync('.next/static/page.js', 'script')`
const builds = () =>
  existsSync(join(root, 'builds')) ? readFileSync(join(root, 'builds'), 'utf8').length : 0
const build = (signal = new AbortController().signal) =>
  ensureWebBuild({ rootDirectory: root, say: (line) => said.push(line), signal })

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'understudy-build-'))
  said = []
  put('package.json', '{"type":"commonjs"}')
  put('app/page.tsx', 'export default 1')
  put('lib/a.ts', 'export const a = 1')
  put('public/icon.svg', '<svg/>')
  nextIs(sound)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('the pages', () => {
  test('are built once for the same sources, with what browsers load beside the server', async () => {
    for (let start = 0; start < 3; start += 1) await build()
    expect(builds()).toBe(1)
    expect(said).toEqual([
      'Building the pages; this takes about a minute and is done once for each version …',
    ])
    expect(existsSync(standaloneServer(root))).toBe(true)
    expect(readFileSync(join(root, '.next/standalone/.next/static/page.js'), 'utf8')).toBe('script')
    expect(readFileSync(join(root, '.next/standalone/public/icon.svg'), 'utf8')).toBe('<svg/>')
  })

  test.each([
    ['a source has changed', () => put('lib/a.ts', 'export const a = 2')],
    ['a source was added', () => put('components/new.tsx', '')],
    ['a source was removed', () => rmSync(join(root, 'lib/a.ts'))],
    ['a source was renamed', () => renameSync(join(root, 'lib/a.ts'), join(root, 'lib/b.ts'))],
    ['its output is gone', () => rmSync(standaloneServer(root))],
    ['its mark is gone', () => rmSync(join(root, '.next/understudy-build'))],
  ])('are built again when %s', async (_, change) => {
    await build()
    change()
    await build()
    expect(builds()).toBe(2)
  })

  test('are not built again for a changed test or a file that is none of their sources', async () => {
    await build()
    put('lib/a.test.ts', 'changed')
    put('lab/x.ts', 'changed')
    await build()
    expect(builds()).toBe(1)
  })

  test('are built by one of several starts, and the others wait for it', async () => {
    await Promise.all([build(), build(), build()])
    expect(builds()).toBe(1)
  })
})

describe('a build that fails', () => {
  test('says so with the end of what it printed, and is tried again by the next start', async () => {
    nextIs(`console.error('Module not found'); process.exit(1)`)
    await expect(build()).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'The pages could not be built.',
      detail: expect.stringContaining('Module not found'),
    })
    expect(existsSync(join(root, '.next/understudy-build'))).toBe(false)
    nextIs(sound)
    await build()
    expect(existsSync(join(root, '.next/understudy-build'))).toBe(true)
  })

  test('that is stopped ends at once, and leaves no mark of being done', async () => {
    nextIs(`fs.writeFileSync('begun', ''); setInterval(() => {}, 1000)`)
    const stopping = new AbortController()
    const building = build(stopping.signal)
    const stopped = expect(building).rejects.toMatchObject({ code: 'CANCELLED' })
    while (!existsSync(join(root, 'begun'))) await new Promise((resolve) => setTimeout(resolve, 5))
    stopping.abort()
    await stopped
    expect(existsSync(join(root, '.next/understudy-build'))).toBe(false)
  })
})
