import type { PreflightCheck } from '@/lib/domain/preflight'
import { missing } from '@/lib/operations/preflight/access-checks'
import {
  extensionsOf,
  librariesOf,
  preloadedOnCopy,
  preloadedOnPrimary,
  type ServerPair,
} from '@/lib/operations/preflight/copy-settings'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { comparedCheck, type ParityGround } from '@/lib/operations/preflight/machine-parity-checks'
import { fail, type Outcome, overridable, pass, warn } from '@/lib/operations/preflight/outcome'
import type { ParityFacts } from '@/lib/operations/preflight/parity-facts'

const install = (name: string) =>
  `Install the packages with them on ${name}, in the primary’s versions, then check again.`

/** What is missing on the standby of what the primary's databases name. */
function outcomeOfSupplies(given: ParityGround, servers: ServerPair, parity: ParityFacts): Outcome {
  const { standby } = given
  const supplies = answerOf(parity.supplies)
  if (!supplies) return missing(parity.supplies)
  const { missingLibraries } = supplies
  const preloaded = preloadedOnCopy(servers).filter((name) => missingLibraries.includes(name))
  if (preloaded.length > 0)
    return fail(
      `${preloaded.join(', ')} would be loaded by the copy and is not on ${standby.name}: PostgreSQL would not start, or take no session.`,
      install(standby.name),
    )
  const lacking = extensionsOf(parity).filter(({ name }) => !supplies.extensions.some((e) => e.name === name))
  const libraries = librariesOf(parity).filter((name) => missingLibraries.includes(name))
  const absent = [...new Set([...lacking.map(({ name }) => name), ...libraries])]
  if (absent.length > 0)
    return overridable(
      fail(
        `${absent.join(', ')} of the primary’s databases ${absent.length > 1 ? 'are' : 'is'} not on ${standby.name}: after a promotion what uses it would fail.`,
        install(standby.name),
      ),
    )
  return outcomeOfDatabases(given, parity) ?? outcomeOfVersions(given, servers, parity)
}

/** Databases that could not be looked into can't be called fine. */
function outcomeOfDatabases({ primary }: ParityGround, parity: ParityFacts): Outcome | null {
  const unseen = parity.databases.filter(({ found }) => !found.seen)
  const [first] = unseen
  if (first && !first.found.seen)
    return overridable(
      fail(
        `What ${unseen.map(({ name }) => name).join(', ')} needs is not known: ${first.found.why.message}`,
        first.found.why.fix || `See that the owner of PostgreSQL on ${primary.name} may connect there.`,
      ),
    )
  return parity.databasesLeft > 0
    ? warn(
        `${parity.databases.length} databases of ${primary.name} were looked into, ${parity.databasesLeft} more were not.`,
        'Compare pg_extension of the others yourself.',
      )
    : null
}

function outcomeOfVersions({ standby }: ParityGround, servers: ServerPair, parity: ParityFacts): Outcome {
  const known = answerOf(parity.supplies)?.extensions ?? []
  const extensions = extensionsOf(parity)
  const other = extensions.filter(
    ({ name, version }) => !known.some((each) => each.name === name && each.versions.includes(version)),
  )
  if (other.length > 0)
    return warn(
      `${standby.name} has another version of ${other.map(({ name, version }) => `${name} (primary ${version})`).join(', ')}.`,
      install(standby.name),
    )
  const onCopy = preloadedOnCopy(servers)
  const forgotten = preloadedOnPrimary(servers).filter((name) => !onCopy.includes(name))
  if (forgotten.length > 0)
    return warn(
      `The primary preloads ${forgotten.join(', ')}, the standby’s own configuration does not: after a promotion it would be missing.`,
      `Name it in shared_preload_libraries in ${servers.standby.survey.configFile} on ${standby.name} too.`,
    )
  const names = extensions.map(({ name }) => name)
  return pass(
    `${[...new Set([...names, ...onCopy])].join(', ')}, and ${librariesOf(parity).length} libraries: there on ${standby.name}.`,
  )
}

/** Extensions and libraries that the primary's databases and the copy's settings name are on the standby. */
export const extensionsCheck = (ground: ParityGround): PreflightCheck =>
  comparedCheck(
    ground,
    { id: 'extensions', title: 'Extensions and libraries', host: 'standby' },
    outcomeOfSupplies,
  )
