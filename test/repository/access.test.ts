import { expect, test } from 'vitest'
import { listFiles, readSource } from './source-files'

/** What answers without a session. Everything else must go through `route` or begin with `requireSession`. */
const publicAddresses = ['/login', '/setup', '/api/v1/session', '/api/v1/setup', '/healthz', '/readyz']

const methods = 'GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS'
const files = listFiles()
const routeFiles = files.filter((file) => /^app\/(.*\/)?route\.tsx?$/.test(file))
const pageFiles = files.filter((file) => /^app\/(.*\/)?page\.tsx?$/.test(file))

/** `app/(shell)/pairs/[pair]/page.tsx` answers at `/pairs/[pair]`. */
const addressOf = (file: string) =>
  `/${file
    .split('/')
    .slice(1, -1)
    .filter((part) => !part.startsWith('('))
    .join('/')}`

/** Exported request handlers and what each is made by. */
function handlersOf(file: string): readonly string[] {
  const exported = new RegExp(
    `^export (?:async )?(?:const|function) (?:${methods})\\b[^=(]*[=(]\\s*(\\w*)`,
    'gm',
  )
  return [...readSource(file).matchAll(exported)].map((match) => match[1] ?? '')
}

test('the application has routes, so that these tests look at something', () => {
  expect(routeFiles.length).toBeGreaterThan(20)
})

test('every route that is not public goes through the one adapter that asks for a session', () => {
  const open = routeFiles
    .filter((file) => !publicAddresses.includes(addressOf(file)))
    .filter((file) => {
      const handlers = handlersOf(file)
      return handlers.length === 0 || handlers.some((made) => made !== 'route')
    })
  expect(open).toEqual([])
})

test('no route exports a handler in a way that these tests can’t see', () => {
  const hidden = routeFiles.filter((file) => {
    const source = readSource(file)
    return (
      /export \*|export default|export \{/.test(source) ||
      new RegExp(`export (?:let|var) (?:${methods})\\b`).test(source)
    )
  })
  expect(hidden).toEqual([])
})

test('every page that is not public asks for a session before anything else', () => {
  const open = pageFiles
    .filter((file) => !publicAddresses.includes(addressOf(file)))
    .filter((file) => !/await requireSession\(/.test(readSource(file)))
  expect(open).toEqual([])
})

test('nothing acts outside of routes: there are no server actions', () => {
  const actions = files.filter(
    (file) => /^(app|components)\/.*\.tsx?$/.test(file) && /^\s*['"]use server['"]/m.test(readSource(file)),
  )
  expect(actions).toEqual([])
})

test('every public address exists or is a page to come; none is listed twice', () => {
  const known = [...routeFiles, ...pageFiles].map(addressOf)
  const routesMissing = publicAddresses.filter(
    (address) => !known.includes(address) && !['/login', '/setup'].includes(address),
  )
  expect(routesMissing).toEqual([])
  expect(new Set(publicAddresses).size).toBe(publicAddresses.length)
})
