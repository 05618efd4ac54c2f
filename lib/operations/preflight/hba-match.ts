import { isInNetwork } from '@/lib/domain/ip-address'
import type { HbaRule } from '@/lib/facts/server-parity'

/** A connection over TCP that asks for physical replication. */
export type ReplicationTry = {
  /** The address that the server sees. */
  readonly from: string
  readonly user: string
  readonly isTls: boolean
}

/** `unknown`: whether the line is meant depends on what the server alone can tell (a host name, its own network, a role's members). */
type Match = 'yes' | 'no' | 'unknown'

const matchesType = ({ type }: HbaRule, { isTls }: ReplicationTry): boolean =>
  type === 'host' || type === 'hostnogssenc' || type === (isTls ? 'hostssl' : 'hostnossl')

/** `all` does not mean replication: only the word itself does (documentation 21.1). */
const matchesDatabase = ({ databases }: HbaRule): boolean => databases.includes('replication')

function matchUser({ users }: HbaRule, { user }: ReplicationTry): Match {
  if (users.includes('all') || users.includes(user)) return 'yes'
  return users.some((name) => name.startsWith('+') || name.startsWith('/')) ? 'unknown' : 'no'
}

function matchAddress({ address, netmask }: HbaRule, { from }: ReplicationTry): Match {
  if (address === 'all') return 'yes'
  if (address === null) return 'no'
  if (netmask === null) return 'unknown'
  return isInNetwork(from, address, netmask) ? 'yes' : 'no'
}

/**
 * The line of pg_hba.conf that decides on such a connection, as PostgreSQL looks for it: the first that matches, and none after it. `isSure`
 * is false where a line before it could be meant as well.
 */
export function decidingRule(
  rules: readonly HbaRule[],
  attempt: ReplicationTry,
): { readonly rule: HbaRule | null; readonly isSure: boolean } {
  let isSure = true
  for (const rule of rules) {
    if (!matchesType(rule, attempt) || !matchesDatabase(rule)) continue
    const matches = [matchUser(rule, attempt), matchAddress(rule, attempt)]
    if (matches.includes('no')) continue
    if (matches.includes('unknown')) isSure = false
    else return { rule, isSure }
  }
  return { rule: null, isSure }
}

/** A line of the file in its fields, e.g. one that will be written: `hostssl replication understudy_repl 10.1.2.3/32 scram-sha-256`. */
export function ruleOf(line: string): HbaRule | null {
  const [type = '', database = '', user = '', network = '', method = ''] = line.split(/\s+/)
  if (type === 'local' || method === '') return null
  const [address = '', prefix = ''] = network.split('/')
  const isSix = address.includes(':')
  const isOne = Number(prefix) === (isSix ? 128 : 32)
  const one = isSix ? 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' : '255.255.255.255'
  return isOne ? { line: 0, type, databases: [database], users: [user], address, netmask: one, method } : null
}
