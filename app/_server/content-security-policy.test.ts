import { expect, test } from 'vitest'
import { buildContentSecurityPolicy } from '@/app/_server/content-security-policy'

const policyOf = (isDevelopment = false) =>
  Object.fromEntries(
    buildContentSecurityPolicy('bm9uY2U=', isDevelopment)
      .split('; ')
      .map((directive) => {
        const [name = '', ...values] = directive.split(' ')
        return [name, values]
      }),
  )

test('scripts run by nonce only: nothing inline, no eval', () => {
  expect(policyOf()['script-src']).toEqual(["'self'", "'nonce-bm9uY2U='", "'strict-dynamic'"])
})

test('eval is open in development alone', () => {
  expect(policyOf(true)['script-src']).toContain("'unsafe-eval'")
})

test('nothing is loaded from elsewhere, and no other site may frame a page', () => {
  const policy = policyOf()
  expect(Object.values(policy).flat().join(' ')).not.toMatch(/https?:|\*/)
  expect(policy['frame-ancestors']).toEqual(["'none'"])
  expect(policy['object-src']).toEqual(["'none'"])
})
