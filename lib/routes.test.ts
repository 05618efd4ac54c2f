import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { routes } from '@/lib/routes'
import { anyText, hostileNames } from '@/test/harness/hostile-text'

const base = 'http://dashboard.example'
const at = (route: string) => new URL(route, base)

/** Addresses that carry something which a user or the store gave. */
const builders: Readonly<Record<string, (text: string) => string>> = {
  pair: routes.pair,
  'an operation on a pair': (slug) => routes.pairOperation(slug, 'promote'),
  'an operation of a name': (operation) => routes.pairOperation('ledger', operation),
  operation: routes.operation,
  'logs of a pair': (slug) => routes.logs(slug),
  'a log of a pair': (directory) => routes.logs('ledger', directory),
  'a run in a log': (run) => routes.logs('ledger', 'vault', run),
  setup: (code) => routes.setup(code),
  login: (next) => routes.login(next),
  'a new pair from another': routes.newPairFrom,
  'a draft': (draft) => routes.newPair(draft, 'hosts'),
  'a step of a draft': (step) => routes.newPair('draft-1', step),
}

describe.each(Object.entries(builders))('the address of %s', (_, build) => {
  test('stays on the dashboard, whatever it is made of', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { origin, username, hash } = at(build(text))
        expect([origin, username, hash]).toEqual([base, '', ''])
      }),
    )
    for (const name of [
      ...hostileNames,
      '//evil.example',
      '\\\\evil.example',
      'javascript:alert(1)',
      '?a=b&c=d#e',
    ])
      expect(at(build(name)).origin).toBe(base)
  })

  test('gives back what went in', () => {
    for (const name of hostileNames.filter((text) => text !== '')) {
      const { pathname, searchParams } = at(build(name))
      const parts = [...pathname.split('/').map(decodeURIComponent), ...searchParams.values()]
      expect(parts).toContain(name)
    }
  })
})

test('an address without the part that it can do without is the plain one', () => {
  expect(routes.setup()).toBe('/setup')
  expect(routes.login()).toBe('/login')
  expect(routes.login('/')).toBe('/login')
  expect(routes.newPair()).toBe('/pairs/new')
  expect(routes.newPair('', '')).toBe('/pairs/new')
  expect(routes.logs('ledger')).toBe('/pairs/ledger/logs')
  expect(routes.logs('ledger', 'vault', '2026-11-23T02:31:04Z')).toBe(
    '/pairs/ledger/logs?directory=vault&run=2026-11-23T02%3A31%3A04Z',
  )
})

test('the address of a sync carries the directories’ ids, whatever they are made of', () => {
  expect(routes.syncNow('ledger', [])).toBe('/pairs/ledger/sync')
  for (const name of hostileNames) {
    const { origin, pathname, searchParams } = at(routes.syncNow('ledger', [name]))
    expect([origin, pathname]).toEqual([base, '/pairs/ledger/sync'])
    expect(JSON.parse(searchParams.get('options') ?? '')).toEqual({ directories: [name] })
  }
})

test('the address of a repair carries the directory’s id', () => {
  for (const name of hostileNames) {
    const { origin, pathname, searchParams } = at(routes.repairFiles('ledger', [name]))
    expect([origin, pathname]).toEqual([base, '/pairs/ledger/repair-files'])
    expect(JSON.parse(searchParams.get('options') ?? '')).toEqual({ directories: [name] })
  }
})

test('no two places have the same address', () => {
  const plain = [
    routes.home(),
    routes.setup(),
    routes.healthz(),
    routes.login(),
    routes.hosts(),
    routes.audit(),
    routes.users(),
    routes.newPair(),
    routes.pair('p'),
    routes.pairOperation('p', 'promote'),
    routes.logs('p'),
    routes.operation('o'),
  ]
  expect(new Set(plain).size).toBe(plain.length)
})
