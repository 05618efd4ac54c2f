import { hbaLines } from '@/lib/commands/postgres-hba'
import { isAddress, isSameAddress } from '@/lib/domain/ip-address'
import { replicationRole } from '@/lib/domain/pair-names'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { freeSenders, sendersNeeded, walNeeds } from '@/lib/operations/create/wal-needs'
import { missing } from '@/lib/operations/preflight/access-checks'
import { decidingRule, ruleOf } from '@/lib/operations/preflight/hba-match'
import { answerOf, type HostFacts, type LinkFacts } from '@/lib/operations/preflight/host-facts'
import { notCompared, type ParityGround } from '@/lib/operations/preflight/machine-parity-checks'
import { fail, notApplicable, type Outcome, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'
import type { WalGiven } from '@/lib/operations/preflight/wal-checks'

/** The address that the standby is registered by is the one that the primary sees: rules and keys are tied to it. */
export function standbySourceCheck(primary: HostFacts, standby: HostFacts, link: LinkFacts): PreflightCheck {
  const make = (outcome: Outcome) =>
    toCheck('standby-source', 'Address that the standby comes from', 'standby', outcome)
  const { source } = link
  if (!isAddress(standby.address))
    return make(notApplicable(`${standby.name} is registered by a name, which is refused already.`))
  if (source === null)
    return make(
      warn(
        `By which address ${standby.name} goes to ${primary.address} could not be asked.`,
        `Install iproute2 there; or see yourself that it is ${standby.address}.`,
      ),
    )
  if (isSameAddress(source, standby.address))
    return make(pass(`${standby.name} goes to ${primary.address} by ${source}, as it is registered.`))
  return make(
    fail(
      `${standby.name} goes to ${primary.address} by ${source}, but is registered as ${standby.address}: the rules on ${primary.name} would not let it in.`,
      `Register it by ${source}, or give it a route with ${standby.address} as its source.`,
    ),
  )
}

const passwordMethods: readonly string[] = ['scram-sha-256', 'md5', 'trust']

/** What PostgreSQL on the primary would decide, with our lines first in pg_hba.conf, on the standby's connection. */
export function replicationAccessCheck(ground: ParityGround, link: LinkFacts): PreflightCheck {
  const { primary, standby, parity } = ground
  const make = (outcome: Outcome) =>
    toCheck('replication-access', 'pg_hba.conf lets the standby replicate', 'primary', outcome)
  const [server, rules] = [answerOf(primary.server), parity && answerOf(parity.primary.server)?.hbaRules]
  if (!server || !rules) return make(notCompared(ground))
  const isTls = server.settings.ssl?.setting === 'on'
  const own = hbaLines({ replicationFrom: standby.address, isTls }).flatMap((line) => ruleOf(line) ?? [])
  const from = link.source ?? standby.address
  const { rule, isSure } = decidingRule([...own, ...rules], { from, user: replicationRole, isTls })
  const attempt = `A connection of ${replicationRole} from ${from}${isTls ? ' over TLS' : ''}`
  if (rule !== null && isSure && passwordMethods.includes(rule.method))
    return make(
      pass(
        `${attempt} is let in by ${rule.line === 0 ? 'the line that is added' : `line ${rule.line} of ${server.hbaFile}`}: ${rule.method}.`,
      ),
    )
  const why =
    rule === null
      ? `no line of ${server.hbaFile} lets it in, with ours for ${standby.address} added`
      : isSure
        ? `line ${rule.line} of ${server.hbaFile} decides by ${rule.method}`
        : `a line before ${rule.line} of ${server.hbaFile} may be meant`
  return make(
    fail(
      `${attempt}: ${why}.`,
      `Register ${standby.name} by the address that ${primary.name} sees: “${hbaLines({ replicationFrom: from, isTls })[0]}” would let it in.`,
    ),
  )
}

/** The base backup takes two of the primary's WAL senders, the stream one; one is left for a connection that hangs. */
export function walSendersCheck(primary: HostFacts, input: WalGiven): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('wal-senders', 'Free WAL senders', 'primary', outcome)
  const server = answerOf(primary.server)
  if (!server) return make(missing(primary.server))
  const { most, used, free } = freeSenders(server)
  const evidence = `${free} of ${most} are free${used > 0 ? `, ${used} in use` : ''}; ${sendersNeeded} are needed.`
  if (free >= sendersNeeded) return make(pass(evidence))
  const raised = walNeeds(server, primary.address, input.settings).restart.find(
    ({ name }) => name === 'max_wal_senders',
  )
  return make(
    input.agreeRestart && raised
      ? warn(evidence, `The restart that you agreed to raises max_wal_senders to ${raised.value}.`)
      : fail(
          evidence,
          'Agree to a restart of PostgreSQL, which raises max_wal_senders; or end what uses them.',
        ),
  )
}
