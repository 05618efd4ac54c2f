import { expect, test } from 'vitest'
import { planHostNames } from '@/lib/domain/plan-host-names'
import { pair as observed } from '@/test/harness/observations'
import { hostOf } from '@/test/harness/operation-facts'

test.each([
  ['the pair’s', ['alpha', 'beta']],
  ['those before a promotion', ['beta', 'alpha']],
] as const)(
  'the hosts of a plan in roles that are %s have the names of these roles',
  (_, [primary, standby]) => {
    const hosts = { primary: hostOf('alpha', '192.0.2.1'), standby: hostOf('beta', '192.0.2.2') }
    const ids = { alpha: hosts.primary.id, beta: hosts.standby.id }
    const pair = { ...observed, hosts: { primary: ids.alpha, standby: ids.beta } }
    const plan = { hosts: { primary: ids[primary], standby: ids[standby] } }
    expect(planHostNames({ pair, hosts }, plan)).toEqual({ primary, standby })
  },
)
