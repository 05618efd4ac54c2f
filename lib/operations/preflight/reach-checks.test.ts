import { describe, expect, test } from 'vitest'
import type { ServerSurvey } from '@/lib/facts/server-survey'
import type { CreateFacts } from '@/lib/operations/create/facts'
import { createPreflight } from '@/lib/operations/preflight/create-preflight'
import {
  createFactsOf,
  createInputOf,
  hostFactsOf,
  linkFactsOf,
  primaryServer,
  profileOf,
  withSettings,
} from '@/test/harness/operation-facts'
import { hostParityOf, parityFactsOf, serverParityOf } from '@/test/harness/parity-facts'

const seen = <T>(value: T) => ({ seen: true as const, value })
const checkOf = (id: string, facts: Partial<CreateFacts>, over = {}) =>
  createPreflight({
    facts: createFactsOf(facts),
    input: createInputOf(over),
    profile: profileOf(),
  }).find((check) => check.id === id)
const alpha = (server: ServerSurvey) => hostFactsOf('alpha', { server: seen(server) })

describe('the address that the standby comes from', () => {
  test('is the registered one, however it is written', () => {
    const standby = hostFactsOf('beta', { address: 'fd00:0:0::12' })
    const link = linkFactsOf({ source: 'fd00::12' })
    expect(checkOf('standby-source', { standby, link })).toMatchObject({ outcome: 'pass' })
  })

  test('is refused where rules and keys on the primary are for another', () => {
    const link = linkFactsOf({ source: '10.7.0.99' })
    expect(checkOf('standby-source', { link })).toMatchObject({
      outcome: 'fail',
      canOverride: false,
      evidence: expect.stringContaining('by 10.7.0.99, but is registered as 10.7.0.12'),
    })
    expect(checkOf('replication-access', { link })).toMatchObject({
      outcome: 'fail',
      fix: expect.stringContaining('hostssl replication understudy_repl 10.7.0.99/32 scram-sha-256'),
    })
  })

  test('is only a warning where it can’t be told, and the rules are tried by the registered one', () => {
    const link = linkFactsOf({ source: null })
    expect(checkOf('standby-source', { link })).toMatchObject({ outcome: 'warn' })
    expect(checkOf('replication-access', { link })).toMatchObject({ outcome: 'pass' })
  })
})

describe('pg_hba.conf of the primary', () => {
  const withRule = (method: string) => ({
    link: linkFactsOf({ source: '10.7.0.99' }),
    parity: parityFactsOf({
      primary: hostParityOf(
        {},
        {
          hbaRules: [
            {
              line: 12,
              type: 'host',
              databases: ['replication'],
              users: ['all'],
              address: 'all',
              netmask: null,
              method,
            },
            ...serverParityOf().hbaRules,
          ],
        },
      ),
    }),
  })

  test('lets the standby in by a line that is there, too', () => {
    expect(checkOf('replication-access', withRule('scram-sha-256'))).toMatchObject({
      outcome: 'pass',
      evidence: expect.stringContaining('let in by line 12 of /etc/postgresql/15/main/pg_hba.conf'),
    })
  })

  test.each(['reject', 'cert', 'peer'])('does not by a line that decides by %s', (method) => {
    expect(checkOf('replication-access', withRule(method))).toMatchObject({
      outcome: 'fail',
      evidence: expect.stringContaining(`decides by ${method}`),
    })
  })

  test('is tried without TLS where the server has none', () => {
    const primary = alpha(withSettings(primaryServer(), { ssl: 'off' }))
    expect(checkOf('replication-access', { primary })?.evidence).toBe(
      'A connection of understudy_repl from 10.7.0.12 is let in by the line that is added: scram-sha-256.',
    )
  })
})

describe('SSH from the primary to the standby', () => {
  test.each(['no-response', 'not-asked'] as const)(
    'that is closed (%s) matters only when the roles have turned: it can be overridden',
    (sshBack) => {
      expect(checkOf('ssh-port-back', { link: linkFactsOf({ sshBack }) })).toMatchObject({
        outcome: 'fail',
        canOverride: true,
      })
    },
  )

  test('that shows another key is another machine: it can’t', () => {
    expect(checkOf('ssh-port-back', { link: linkFactsOf({ sshBack: 'other-key' }) })).toMatchObject({
      outcome: 'fail',
      canOverride: false,
      evidence: '10.7.0.12, port 22 shows alpha another host key than the one that is pinned.',
    })
  })
})

describe('WAL senders', () => {
  const sender = (n: number) => ({ applicationName: `backup-${n}`, clientAddress: null, state: 'streaming' })
  const busy = (used: number, most: string) =>
    alpha({
      ...withSettings(primaryServer(), { max_wal_senders: most }),
      senders: Array.from({ length: used }, (_, n) => sender(n)),
    })

  test.each([
    [7, '10', 'pass', '3 of 10 are free, 7 in use; 3 are needed.'],
    [8, '10', 'fail', '2 of 10 are free, 8 in use; 3 are needed.'],
    [12, '10', 'fail', '0 of 10 are free, 12 in use; 3 are needed.'],
    [0, '2', 'fail', '2 of 2 are free; 3 are needed.'],
  ])('%i in use of %s: %s', (used, most, outcome, evidence) => {
    expect(checkOf('wal-senders', { primary: busy(used, most) })).toMatchObject({ outcome, evidence })
  })

  test('are raised beyond those in use by the restart that is agreed to', () => {
    const facts = { primary: busy(8, '10') }
    expect(checkOf('primary-restart', facts)).toMatchObject({ outcome: 'fail' })
    const agreed = { agreeRestart: true }
    expect(checkOf('wal-senders', facts, agreed)).toMatchObject({
      outcome: 'warn',
      fix: 'The restart that you agreed to raises max_wal_senders to 13.',
    })
  })
})
