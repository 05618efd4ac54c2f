import { expect, test } from 'vitest'
import { layoutsOf } from '@/lib/operations/last-layout'
import type { HostFacts } from '@/lib/operations/preflight/host-facts'
import { planOf } from '@/test/harness/operation-events'
import { createFactsOf, hostFactsOf, hostOf, serverFacts } from '@/test/harness/operation-facts'

const system = '7400000000000000001'
const [alpha, beta] = [hostOf('alpha', '10.7.0.11'), hostOf('beta', '10.7.0.12')]
const seen = <T>(value: T) => ({ seen: true as const, value })
const down = {
  seen: false as const,
  why: { code: 'POSTGRES_DOWN', message: 'PostgreSQL does not run.', fix: 'Look.' },
}
const at = (host: 'alpha' | 'beta', dataDirectory: string, systemIdentifier = system): HostFacts =>
  hostFactsOf(host, { server: seen(serverFacts({ dataDirectory, systemIdentifier })) })

/** What was planned, with the host that is named first as the primary; as the store gives it. */
const planned = (primary: HostFacts, standby: HostFacts) => {
  const idOf = ({ name }: HostFacts) => (name === 'alpha' ? alpha.id : beta.id)
  const hosts = { primary: idOf(primary), standby: idOf(standby) }
  const facts: unknown = JSON.parse(JSON.stringify(createFactsOf({ primary, standby })))
  return { plan: { ...planOf([]), hosts, facts } }
}
const placeOf = (operations: readonly ReturnType<typeof planned>[], host = alpha) =>
  [...layoutsOf(operations, host)].map(({ dataDirectory }) => dataDirectory)

test('a host’s PostgreSQL is where plans saw it, the latest first, in whichever role', () => {
  const create = planned(at('alpha', '/a/1'), at('beta', '/b/1', '7'))
  const promote = planned(hostFactsOf('alpha', { server: down, data: down }), at('beta', '/b/2'))
  expect(placeOf([create])).toEqual(['/a/1'])
  expect(placeOf([promote, create])).toEqual(['/a/1'])
  expect(placeOf([planned(at('alpha', '/a/2'), at('beta', '/b/2')), create])).toEqual(['/a/2', '/a/1'])
  expect(placeOf([promote, create], beta)).toEqual(['/b/2', '/b/1'])
})

test('a host of another pair, and a plan that can’t be read, tell nothing', () => {
  const create = planned(at('alpha', '/a/1'), at('beta', '/b/1', '7'))
  expect(placeOf([create], hostOf('gamma', '10.7.0.13'))).toEqual([])
  expect(placeOf([{ plan: { ...planOf([]), facts: { primary: 'old' } } }, create])).toEqual(['/a/1'])
  expect(placeOf([])).toEqual([])
})
