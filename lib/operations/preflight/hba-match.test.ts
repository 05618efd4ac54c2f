import { describe, expect, test } from 'vitest'
import { hbaLines } from '@/lib/commands/postgres-hba'
import type { HbaRule } from '@/lib/facts/server-parity'
import { decidingRule, ruleOf } from '@/lib/operations/preflight/hba-match'

const attempt = { from: '10.7.0.12', user: 'understudy_repl', isTls: true }
const rule = (line: number, over: Partial<HbaRule> = {}): HbaRule => ({
  line,
  type: 'host',
  databases: ['replication'],
  users: ['all'],
  address: '10.7.0.0',
  netmask: '255.255.255.0',
  method: 'scram-sha-256',
  ...over,
})
const decided = (rules: readonly HbaRule[], over = {}) => decidingRule(rules, { ...attempt, ...over })

describe('the line that decides on a replication connection', () => {
  test('is the first that matches, and none after it', () => {
    expect(decided([rule(1, { method: 'reject' }), rule(2)]).rule?.line).toBe(1)
    expect(decided([rule(1, { address: '10.8.0.0' }), rule(2)]).rule?.line).toBe(2)
  })

  test.each([
    ['of the local socket', { type: 'local', address: null, netmask: null }],
    ['for connections without TLS', { type: 'hostnossl' }],
    ['for connections with GSSAPI', { type: 'hostgssenc' }],
    ['of all databases: the word does not mean replication', { databases: ['all'] }],
    ['of another user', { users: ['postgres'] }],
    ['of another network', { address: '10.8.0.0' }],
    ['of another version of IP', { address: 'fd00::', netmask: 'ffff::' }],
  ])('is not one %s', (_, over) => {
    expect(decided([rule(1, over)])).toEqual({ rule: null, isSure: true })
  })

  test.each([
    ['with TLS only', { type: 'hostssl' }],
    ['without GSSAPI', { type: 'hostnogssenc' }],
    ['for replication among others', { databases: ['app', 'replication'] }],
    ['of this very user', { users: ['understudy_repl'] }],
    ['of all addresses', { address: 'all', netmask: null }],
    ['of everybody', { address: '0.0.0.0', netmask: '0.0.0.0' }],
  ])('may be one %s', (_, over) => {
    expect(decided([rule(1, over)])).toMatchObject({ rule: { line: 1 }, isSure: true })
  })

  test('without TLS is none that asks for it', () => {
    expect(decided([rule(1, { type: 'hostssl' })], { isTls: false }).rule).toBeNull()
    expect(decided([rule(1, { type: 'hostnossl' })], { isTls: false }).rule?.line).toBe(1)
  })

  test.each([
    ['a host name', { address: 'db2.example', netmask: null }],
    ['the server’s own network', { address: 'samenet', netmask: null }],
    ['members of a role', { users: ['+replicators'] }],
    ['names by a pattern', { users: ['/^under'] }],
  ])('is not sure where one before it names %s', (_, over) => {
    expect(decided([rule(1, over), rule(2)])).toMatchObject({ rule: { line: 2 }, isSure: false })
  })
})

test.each([
  ['10.7.0.12', true, 'hostssl', '255.255.255.255'],
  ['fd00::12', false, 'host', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
])('the line that is written for %s lets exactly that address in', (from, isTls, type, netmask) => {
  const own = hbaLines({ replicationFrom: from, isTls }).flatMap((line) => ruleOf(line) ?? [])
  expect(own[0]).toMatchObject({ type, address: from, netmask, users: ['understudy_repl'] })
  expect(decidingRule(own, { ...attempt, from, isTls }).rule).toEqual(own[0])
  expect(decidingRule(own, { ...attempt, from: '10.7.0.13', isTls }).rule).toBeNull()
})
