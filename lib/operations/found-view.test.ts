import { expect, test } from 'vitest'
import { foundView } from '@/lib/operations/found-view'
import { hostFactsOf } from '@/test/harness/operation-facts'
import { soarFactsOf } from '@/test/harness/soar-facts'

const rowOf = (view: ReturnType<typeof foundView>, id: string) => view.facts.find((fact) => fact.id === id)

test('both hosts stand beside each other, in words and units', () => {
  const view = foundView({ primary: hostFactsOf('alpha'), standby: hostFactsOf('beta') })
  expect(rowOf(view, 'postgres-version')?.values.primary).toBe('15.18 (Debian 15.18-0+deb12u1)')
  expect(rowOf(view, 'database-size')?.values).toEqual({ primary: '31.5 MB', standby: '31.5 MB' })
  expect(rowOf(view, 'free-space')?.values.standby).toBe('20 GB')
  expect(rowOf(view, 'application')?.values.primary).toBe('active, enabled')
  for (const fact of view.facts) expect(fact.note, fact.id).toBe('')
})

test('what could not be read is null, and its note says why', () => {
  const why = { code: 'POSTGRES_DOWN', message: 'PostgreSQL on beta does not run.', fix: 'Start it.' }
  const none = { seen: false as const, why }
  const view = foundView({
    primary: hostFactsOf('alpha'),
    standby: hostFactsOf('beta', { server: none, data: none }),
  })
  expect(rowOf(view, 'postgres-role')).toMatchObject({
    values: { primary: 'primary', standby: null },
    note: 'PostgreSQL on beta does not run.',
  })
  expect(rowOf(view, 'rsync')?.note).toBe('')
})

test('an application without a unit is told by its check, and not at all where there is none', () => {
  const host = (applicationHealthy: boolean | null) => soarFactsOf('alpha', { applicationHealthy })
  const told = (applicationHealthy: boolean | null) =>
    rowOf(foundView({ primary: host(applicationHealthy), standby: host(null) }), 'application')?.values
  expect(told(true)).toEqual({ primary: 'healthy', standby: null })
  expect(told(false)?.primary).toBe('stopped, or not healthy')
})
