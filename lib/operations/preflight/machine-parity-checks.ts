import { formatBytes } from '@/lib/domain/format-bytes'
import { parsePostgresSize } from '@/lib/domain/postgres-size'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { plainLocale } from '@/lib/facts/machine-parity'
import { missing } from '@/lib/operations/preflight/access-checks'
import {
  localesOnCopy,
  type ServerPair,
  serverPair,
  settingOnCopy,
  sortedBy,
  usesIcu,
} from '@/lib/operations/preflight/copy-settings'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import {
  fail,
  notApplicable,
  type Outcome,
  overridable,
  pass,
  toCheck,
  warn,
} from '@/lib/operations/preflight/outcome'
import type { ParityFacts } from '@/lib/operations/preflight/parity-facts'

export type ParityGround = {
  readonly primary: HostFacts
  readonly standby: HostFacts
  /** Null where one of the hosts could not be reached to be asked. */
  readonly parity: ParityFacts | null
}

/** Why the servers can't be compared, as a failed check. */
export const notCompared = ({ primary, standby, parity }: ParityGround): Outcome =>
  parity
    ? missing(primary.server, standby.server, parity.primary.server, parity.standby.server)
    : fail('It was not looked at.', 'Mend the access to both hosts, then check again.')

type Compare = (ground: ParityGround, servers: ServerPair, parity: ParityFacts) => Outcome

/** A check that compares what both servers and machines said; it fails where they could not be asked. */
export function comparedCheck(
  ground: ParityGround,
  { id, title, host }: Pick<PreflightCheck, 'id' | 'title' | 'host'>,
  compare: Compare,
): PreflightCheck {
  const { parity } = ground
  const servers = serverPair(ground, parity)
  return toCheck(id, title, host, servers && parity ? compare(ground, servers, parity) : notCompared(ground))
}

const isPlain = (locale: string) => ['', 'C', 'POSIX'].includes(locale)

function outcomeOfSorting(ground: ParityGround, servers: ServerPair, parity: ParityFacts): Outcome {
  const { primary, standby } = ground
  const [one, other] = [answerOf(parity.primary.machine), answerOf(parity.standby.machine)]
  if (!one || !other) return missing(parity.primary.machine, parity.standby.machine)
  const [first, second] = [servers.primary.parity, servers.standby.parity]
  const usesLibc = sortedBy(first, parity).some((locale) => !isPlain(locale))
  const hasIcu = usesIcu(first, parity)
  const icu = (version: string | null) => version ?? 'none'
  const evidence = [
    `${one.libc ?? 'an unknown C library'} on ${primary.name}, ${other.libc ?? 'an unknown one'} on ${standby.name}`,
    ...(hasIcu ? [`ICU’s rules of sorting ${icu(first.icuVersion)} and ${icu(second.icuVersion)}`] : []),
  ].join('; ')
  const isLibcEqual = !usesLibc || (one.libc !== null && one.libc === other.libc)
  const isIcuEqual = !hasIcu || (first.icuVersion !== null && first.icuVersion === second.icuVersion)
  if (isLibcEqual && isIcuEqual)
    return pass(usesLibc || hasIcu ? `${evidence}.` : `${evidence}; all text is sorted by its bytes.`)
  return warn(
    `${evidence}: text may be sorted differently, which makes indexes on text wrong without a word.`,
    `Bring ${standby.name} to the same release. Else rebuild all indexes on text after a promotion: reindexdb --all.`,
  )
}

/** A copy brings its indexes along: another version of sorting makes those on text wrong. */
export const collationsCheck = (ground: ParityGround): PreflightCheck =>
  comparedCheck(ground, { id: 'collations', title: 'Rules of sorting', host: 'both' }, outcomeOfSorting)

function outcomeOfLocales({ standby }: ParityGround, servers: ServerPair, parity: ParityFacts): Outcome {
  const machine = answerOf(parity.standby.machine)
  if (!machine) return missing(parity.standby.machine)
  const [starts, sorts] = [localesOnCopy(servers), sortedBy(servers.primary.parity, parity)]
  const needed = [...new Set([...starts, ...sorts])].filter((name) => !isPlain(name))
  if (needed.length === 0) return pass('The primary uses none but C, which is everywhere.')
  if (machine.locales === null)
    return overridable(
      fail(
        `The locales of ${standby.name} could not be asked, and the primary needs ${needed.join(', ')}.`,
        'Install locale(1) there (libc-bin, glibc-common), then check again.',
      ),
    )
  const there = new Set(machine.locales.map(plainLocale))
  const absent = needed.filter((name) => !there.has(plainLocale(name)))
  if (absent.length === 0) return pass(`${needed.join(', ')}: there on ${standby.name}.`)
  const outcome = fail(
    `${absent.join(', ')} ${absent.length > 1 ? 'are' : 'is'} not on ${standby.name}: ${
      absent.some((name) => starts.includes(name))
        ? 'PostgreSQL would not start with the copy’s settings.'
        : 'after a promotion PostgreSQL would refuse what is sorted by it.'
    }`,
    `Make them there: ${absent.map((name) => `localedef -i ${name.replace(/\..*$/, '')} -f ${charsetOf(name)} ${name}`).join('; ')}`,
  )
  return absent.some((name) => starts.includes(name)) ? outcome : overridable(outcome)
}

const charsetOf = (locale: string) => /\.([^@]+)/.exec(locale)?.[1] ?? 'ISO-8859-1'

/** Locales of the primary's databases and of the copy's settings are on the standby. */
export const localesCheck = (ground: ParityGround): PreflightCheck =>
  comparedCheck(ground, { id: 'locales', title: 'Locales', host: 'standby' }, outcomeOfLocales)

function outcomeOfMemory({ standby }: ParityGround, servers: ServerPair, parity: ParityFacts): Outcome {
  const machine = answerOf(parity.standby.machine)
  if (!machine) return missing(parity.standby.machine)
  const text = settingOnCopy(servers, 'shared_buffers')
  const buffers = parsePostgresSize(text, servers.standby.parity.units.shared_buffers ?? '8kB')
  const { memoryBytes, hugePagesBytes } = machine
  if (buffers === null || memoryBytes === null)
    return overridable(
      fail(
        `shared_buffers is “${text}”, and the memory of ${standby.name} ${memoryBytes === null ? 'is not known' : `is ${formatBytes(memoryBytes)}`}.`,
        'See yourself that they fit: SHOW shared_buffers on the primary, /proc/meminfo on the standby.',
      ),
    )
  const evidence = `The copy starts with ${formatBytes(buffers)} of shared buffers; ${standby.name} has ${formatBytes(memoryBytes)} of memory`
  if (buffers >= memoryBytes)
    return fail(`${evidence}: PostgreSQL would not start.`, 'Give it more memory, or lower shared_buffers.')
  if (settingOnCopy(servers, 'huge_pages') === 'on' && buffers > hugePagesBytes)
    return fail(
      `${evidence}, ${formatBytes(hugePagesBytes)} of it in huge pages, which huge_pages = on asks for: PostgreSQL would not start.`,
      `Raise vm.nr_hugepages on ${standby.name} as on the primary, or set huge_pages = try.`,
    )
  return buffers > memoryBytes * 0.75
    ? warn(
        `${evidence}: little is left for everything else.`,
        'Give it more memory, or lower shared_buffers.',
      )
    : pass(`${evidence}.`)
}

/** The copy's shared buffers fit into the standby's memory. */
export const memoryCheck = (ground: ParityGround): PreflightCheck =>
  comparedCheck(ground, { id: 'memory', title: 'Memory of the standby', host: 'standby' }, outcomeOfMemory)

function outcomeOfZones({ primary, standby, parity }: ParityGround, hasDatabase: boolean): Outcome {
  if (!parity) return fail('They were not looked at.', 'Mend the access to both hosts, then check again.')
  const [one, other] = [answerOf(parity.primary.machine), answerOf(parity.standby.machine)]
  if (!one || !other) return missing(parity.primary.machine, parity.standby.machine)
  if (hasDatabase) {
    const unknown = answerOf(parity.unknownZones)
    if (!unknown) return missing(parity.unknownZones)
    if (unknown.length > 0)
      return fail(
        `PostgreSQL on ${standby.name} does not know ${unknown.join(', ')}, which the copy’s settings name: it would not start.`,
        'Install the zones there (tzdata, tzdata-legacy), or name others in timezone and log_timezone on the primary.',
      )
  }
  const evidence = `${one.timeZone ?? 'an unknown time zone'} on ${primary.name}, ${other.timeZone ?? 'an unknown one'} on ${standby.name}.`
  return one.timeZone !== null && one.timeZone === other.timeZone
    ? pass(evidence)
    : warn(evidence, 'Set the same on both, so that logs and schedules agree: timedatectl set-timezone.')
}

/** Time zones of the machines, and those that the copy's server must know. */
export const timeZonesCheck = (ground: ParityGround, hasDatabase: boolean): PreflightCheck =>
  toCheck('time-zones', 'Time zones', 'both', outcomeOfZones(ground, hasDatabase))

/** After a promotion the standby's program works on the primary's data. */
export function applicationVersionCheck(
  { primary, standby, parity }: ParityGround,
  isNamed: boolean,
): PreflightCheck {
  const make = (outcome: Outcome) =>
    toCheck('application-version', 'Version of the application', 'both', outcome)
  if (!isNamed) return make(notApplicable('The profile does not say where its version stands.'))
  if (!parity) return make(fail('It was not looked at.', 'Mend the access to both hosts, then check again.'))
  const [one, other] = [answerOf(parity.primary.machine), answerOf(parity.standby.machine)]
  if (!one || !other) return make(missing(parity.primary.machine, parity.standby.machine))
  const [a, b] = [one.applicationVersion, other.applicationVersion]
  const evidence = `${a ?? 'unknown'} on ${primary.name}, ${b ?? 'unknown'} on ${standby.name}.`
  if (a !== null && a === b) return make(pass(evidence))
  return make(
    warn(
      evidence,
      a === null || b === null
        ? 'See yourself that both are the same; correct the profile where the version is not found.'
        : `Bring the application on ${standby.name} to ${a}: it will work on the primary’s data.`,
    ),
  )
}
