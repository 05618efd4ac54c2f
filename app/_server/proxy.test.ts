import { NextRequest } from 'next/server'
import { expect, test } from 'vitest'
import { pathHeader } from '@/app/_server/path-header'
import { proxy } from '@/proxy'

const ask = (path: string, headers: Record<string, string> = {}) =>
  proxy(new NextRequest(`http://dashboard.test${path}`, { headers }))

/** What the page gets: Next passes request headers on under these names. */
const passedOn = (response: Response, name: string) => response.headers.get(`x-middleware-request-${name}`)

test('every answer has a policy with a nonce of its own, which the page knows too', () => {
  const [one, two] = [ask('/'), ask('/')]
  const policy = one.headers.get('content-security-policy')
  expect(policy).toMatch(/'nonce-[A-Za-z0-9+/]{22}=='/)
  expect(two.headers.get('content-security-policy')).not.toBe(policy)
  expect(passedOn(one, 'content-security-policy')).toBe(policy)
  expect(policy).toContain(`'nonce-${passedOn(one, 'x-nonce')}'`)
})

test('a page is told its own path, whatever the browser says it is', () => {
  const path = (response: Response) => passedOn(response, pathHeader)
  expect(path(ask('/pairs/ledger?tab=a&_rsc=1x2y'))).toBe('/pairs/ledger?tab=a')
  expect(path(ask('/hosts?_rsc=1x2y'))).toBe('/hosts')
  expect(path(ask('/', { [pathHeader]: 'https://evil.example' }))).toBe('/')
})

test('a nonce that a browser sends is not used', () => {
  const forged = "script-src 'nonce-forged'"
  const response = ask('/', { 'x-nonce': 'forged', 'content-security-policy': forged })
  expect(response.headers.get('content-security-policy')).not.toContain('forged')
  expect(passedOn(response, 'x-nonce')).not.toBe('forged')
})
