import type { DatabaseParity, ParityName, ServerParity } from '@/lib/facts/server-parity'
import type { ServerSurvey } from '@/lib/facts/server-survey'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import type { ParityFacts } from '@/lib/operations/preflight/parity-facts'

type Server = { readonly survey: ServerSurvey; readonly parity: ServerParity }
export type ServerPair = { readonly primary: Server; readonly standby: Server }

/** Both servers with what must suit; null while one of them could not be asked. */
export function serverPair(
  hosts: { readonly primary: HostFacts; readonly standby: HostFacts },
  parity: ParityFacts | null,
): ServerPair | null {
  const [one, other] = [answerOf(hosts.primary.server), answerOf(hosts.standby.server)]
  const [first, second] = [
    parity && answerOf(parity.primary.server),
    parity && answerOf(parity.standby.server),
  ]
  return one && other && first && second
    ? { primary: { survey: one, parity: first }, standby: { survey: other, parity: second } }
    : null
}

/** Whether the configuration stands in the data directory: then a base backup brings the primary's along. */
export const hasConfigInside = ({ configFile, dataDirectory }: ServerSurvey): boolean =>
  configFile.startsWith(`${dataDirectory}/`)

/**
 * What a setting will be when the copy starts on the standby: what stands on its command line, else in the primary's postgresql.auto.conf,
 * which comes with the copy, else in postgresql.conf, which comes with it too where the standby's stands in the data directory.
 */
export function settingOnCopy({ primary, standby }: ServerPair, name: ParityName): string {
  const files = hasConfigInside(standby.survey) ? primary.parity.inFiles : standby.parity.inFiles
  return (
    standby.parity.onCommandLine[name] ??
    primary.parity.inAutoFile[name] ??
    files[name] ??
    standby.parity.builtIn[name] ??
    ''
  )
}

/** Entries of a list in a setting; a name can be quoted. */
const toList = (text: string): readonly string[] =>
  text
    .split(',')
    .map((entry) => entry.trim().replace(/^"(.*)"$/, '$1'))
    .filter((entry) => entry !== '')

/** Libraries without which the copy does not start, or takes no session (documentation 20.11.4). */
export function preloadedOnCopy(pair: ServerPair): readonly string[] {
  const plugins = toList(settingOnCopy(pair, 'local_preload_libraries'))
  return [
    ...toList(settingOnCopy(pair, 'shared_preload_libraries')),
    ...toList(settingOnCopy(pair, 'session_preload_libraries')),
    ...plugins.map((name) => (name.includes('/') ? name : `$libdir/plugins/${name}`)),
  ]
}

/** What the primary preloads for all, by its own settings. */
export const preloadedOnPrimary = ({ primary }: ServerPair): readonly string[] => {
  const { inAutoFile, inFiles } = primary.parity
  return toList(inAutoFile.shared_preload_libraries ?? inFiles.shared_preload_libraries ?? '')
}

/** Time zones that the copy's server has to know to start. */
export const zonesOnCopy = (pair: ServerPair): readonly string[] => [
  ...new Set([settingOnCopy(pair, 'timezone'), settingOnCopy(pair, 'log_timezone')].filter(Boolean)),
]

/** Locales that the copy's server has to know to start. */
export const localesOnCopy = (pair: ServerPair): readonly string[] => [
  ...new Set(
    (['lc_messages', 'lc_monetary', 'lc_numeric', 'lc_time'] as const)
      .map((name) => settingOnCopy(pair, name))
      .filter(Boolean),
  ),
]

const foundIn = (parity: Pick<ParityFacts, 'databases'>): readonly DatabaseParity[] =>
  parity.databases.flatMap(({ found }) => answerOf(found) ?? [])

/** Libraries that functions of the primary's databases are in. */
export const librariesOf = (parity: Pick<ParityFacts, 'databases'>): readonly string[] => [
  ...new Set(foundIn(parity).flatMap(({ libraries }) => libraries)),
]

/** Extensions of the primary's databases, each version once. */
export function extensionsOf(
  parity: Pick<ParityFacts, 'databases'>,
): readonly { readonly name: string; readonly version: string }[] {
  const all = foundIn(parity).flatMap(({ extensions }) => extensions)
  return [...new Map(all.map((each) => [`${each.name} ${each.version}`, each])).values()]
}

/** Locales of the C library that the primary's databases are sorted by, those of single columns too. */
export const sortedBy = ({ databases }: ServerParity, parity: Pick<ParityFacts, 'databases'>) => [
  ...new Set([
    ...databases.flatMap(({ collate, ctype }) => [collate, ctype]),
    ...foundIn(parity).flatMap(({ locales }) => locales),
  ]),
]

/** Whether anything in the primary's databases is sorted by ICU. */
export const usesIcu = ({ databases }: ServerParity, parity: Pick<ParityFacts, 'databases'>): boolean =>
  databases.some(({ provider }) => provider === 'i') || foundIn(parity).some((found) => found.usesIcu)
