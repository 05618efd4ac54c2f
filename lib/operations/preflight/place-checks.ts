import type { PreflightCheck } from '@/lib/domain/preflight'
import { missing } from '@/lib/operations/preflight/access-checks'
import {
  hasConfigInside,
  type ServerPair,
  serverPair,
  settingOnCopy,
} from '@/lib/operations/preflight/copy-settings'
import { pathOf } from '@/lib/operations/preflight/disk-checks'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { notCompared, type ParityGround } from '@/lib/operations/preflight/machine-parity-checks'
import { fail, type Outcome, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'

type Places = { readonly port: number; readonly socketDirectory: string }

function outcomeOfPlaces({ primary, standby }: ParityGround, servers: ServerPair, places: Places): Outcome {
  const [one, other] = [servers.primary.survey, servers.standby.survey]
  if (hasConfigInside(other) && !hasConfigInside(one))
    return fail(
      `${standby.name} has its configuration in the data directory (${other.configFile}), ${primary.name} elsewhere (${one.configFile}): the copy would have none.`,
      'Lay PostgreSQL out on the standby as on the primary.',
    )
  const port = settingOnCopy(servers, 'port')
  const sockets = settingOnCopy(servers, 'unix_socket_directories')
  const source = hasConfigInside(other)
    ? `${one.configFile} on ${primary.name}`
    : `${other.configFile} on ${standby.name}, or postgresql.auto.conf on ${primary.name}`
  if (Number(port) !== places.port)
    return fail(
      `The copy would listen on port ${port}; the profile and the application say ${places.port}.`,
      `Correct port in ${source}.`,
    )
  const listed = sockets.split(',').map((entry) => entry.trim().replace(/^"(.*)"$/, '$1'))
  if (!listed.includes(places.socketDirectory) && !isSameRun(listed, places.socketDirectory))
    return fail(
      `The copy would have its socket in ${sockets || 'no directory'}; the profile says ${places.socketDirectory}.`,
      `Correct unix_socket_directories in ${source}.`,
    )
  const evidence = `Port ${port} and socket in ${places.socketDirectory} on both`
  if (one.dataDirectory !== other.dataDirectory)
    return warn(
      `${evidence}; the data is in ${one.dataDirectory} on ${primary.name} and in ${other.dataDirectory} on ${standby.name}.`,
      'It works; settings and scripts that name the primary’s path have to be looked at, and the same path on both is safer.',
    )
  return pass(`${evidence}, data in ${one.dataDirectory}.`)
}

/** `/var/run` is a link to `/run` on every system of today. */
const isSameRun = (listed: readonly string[], directory: string) =>
  listed
    .map((path) => path.replace(/^\/var\/run\//, '/run/'))
    .includes(directory.replace(/^\/var\/run\//, '/run/'))

/** Where PostgreSQL lies, and that the copy will be found where the profile says. */
export function samePlacesCheck(ground: ParityGround, places: Places): PreflightCheck {
  const servers = serverPair(ground, ground.parity)
  return toCheck(
    'same-places',
    'Data directory, port and socket',
    'both',
    servers ? outcomeOfPlaces(ground, servers, places) : notCompared(ground),
  )
}

/** The directories that are copied, each with what it is on either host. */
function pairsOf(primary: HostFacts, standby: HostFacts, directories: readonly string[]) {
  const [one, other] = [answerOf(primary.server)?.dataDirectory, answerOf(standby.server)?.dataDirectory]
  const data = one !== undefined && other !== undefined ? [[one, other] as const] : []
  return [...data, ...directories.map((path) => [path, path] as const)].flatMap(([from, to]) => {
    const [there, here] = [pathOf(primary, from), pathOf(standby, to)]
    return there && here ? [{ there, here }] : []
  })
}

/** WAL that lies in another file system than the data on the primary: the copy keeps it with the data. */
function walApart(primary: HostFacts, standby: HostFacts) {
  const data = pathOf(primary, answerOf(primary.server)?.dataDirectory)
  const there = pathOf(primary, answerOf(primary.data)?.walDirectory)
  const here = pathOf(standby, answerOf(standby.server)?.dataDirectory)
  return data && there && here && there.mountPoint !== data.mountPoint ? [{ there, here }] : []
}

/** A file system of its own on the primary only: the copy would fill another one. */
export function mountPointsCheck(
  primary: HostFacts,
  standby: HostFacts,
  directories: readonly string[],
): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('mount-points', 'File systems', 'both', outcome)
  if (!primary.paths.seen || !standby.paths.seen) return make(missing(primary.paths, standby.paths))
  const pairs = pairsOf(primary, standby, directories)
  const unequal = [...pairs, ...walApart(primary, standby)].filter(
    ({ there, here }) => there.mountPoint !== here.mountPoint,
  )
  if (unequal.length === 0)
    return make(
      pass(`Each of ${pairs.length} directories lies in the file system of the same place on both hosts.`),
    )
  return make(
    warn(
      `${unequal
        .map(
          ({ there, here }) =>
            `${there.path} lies in the file system ${there.mountPoint} on ${primary.name}, ${here.path === there.path ? '' : `${here.path} `}in ${here.mountPoint} on ${standby.name}`,
        )
        .join('; ')}.`,
      'See that this is meant, that it is always mounted, and that nothing else fills it.',
    ),
  )
}
