import { expect, test } from 'vitest'
import { requireSameOrigin } from '@/app/_server/same-origin'

const headers = (values: Record<string, string>) => new Headers({ host: '10.0.0.5:3000', ...values })

test.each<Record<string, string>>([
  { origin: 'http://10.0.0.5:3000' },
  { origin: 'https://standby.example.org', 'x-forwarded-host': 'standby.example.org' },
])('a page of the dashboard itself may send it: %o', (values) => {
  expect(() => requireSameOrigin(headers(values))).not.toThrow()
})

test.each<Record<string, string>>([
  {},
  { origin: 'null' },
  { origin: 'http://evil.example' },
  { origin: 'http://10.0.0.5:3001' },
  { origin: 'http://10.0.0.5:3000.evil.example' },
])('anyone else is refused: %o', (values) => {
  expect(() => requireSameOrigin(headers(values))).toThrow(expect.objectContaining({ code: 'NOT_ALLOWED' }))
})
