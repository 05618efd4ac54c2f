import { formatBytes } from '@/lib/domain/format-bytes'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { DataDirectorySurvey } from '@/lib/facts/machine-survey'
import type { ServerSurvey } from '@/lib/facts/server-survey'
import { missing } from '@/lib/operations/preflight/access-checks'
import { pathOf } from '@/lib/operations/preflight/disk-checks'
import {
  type AsidePlaceFacts,
  answerOf,
  type HostFacts,
  type TablespacePlacesFacts,
} from '@/lib/operations/preflight/host-facts'
import { fail, notApplicable, type Outcome, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'

/** Every file of the primary's data directory can be read by its owner: a base backup stops at the first that can't. */
export function primaryDataCheck(primary: HostFacts): PreflightCheck {
  const make = (outcome: Outcome) =>
    toCheck('primary-data', 'Data directory of the primary', 'primary', outcome)
  const [server, data] = [answerOf(primary.server), answerOf(primary.data)]
  if (!server || !data) return make(missing(primary.server, primary.data))
  const { unreadableNames } = data
  if (unreadableNames.length === 0) return make(pass(`${data.owner} can read ${server.dataDirectory}.`))
  return make(
    fail(
      `${data.owner} can’t read ${unreadableNames.join(', ')} in ${server.dataDirectory} on ${primary.name}, so a base backup would fail.`,
      `Let ${data.owner} own it, e.g. chown ${data.owner} ${server.dataDirectory}/${unreadableNames[0]}; or move what does not belong there.`,
    ),
  )
}

function outcomeOfPlace(standby: HostFacts, server: ServerSurvey, data: DataDirectorySurvey): Outcome {
  const place = pathOf(standby, server.dataDirectory)
  const directory = data.realDirectory || server.dataDirectory
  if (!place?.exists)
    return fail(
      `${server.dataDirectory} was not found on ${standby.name}.`,
      'See that the login user may look there.',
    )
  if (data.mountsWithin.length > 0)
    return fail(
      `A file system is mounted within ${directory} on ${standby.name}: ${data.mountsWithin.join(', ')}. It would stay with the old data, and come back over the new at a reboot.`,
      'Unmount it and take it out of /etc/fstab, with its data moved into the directory itself.',
    )
  if (place.isMountPoint)
    return warn(
      `${directory} on ${standby.name} is the root of a file system, so it can’t be renamed: its content is moved into a directory within it, entry by entry, and back at an undo.`,
      'While the old data is there, a base backup of this host takes it along. Mounting one level higher (e.g. at /srv/postgresql, with the data in /srv/postgresql/data) avoids that.',
    )
  if (!data.parentWritable)
    return fail(
      `The owner of the database may not rename ${directory} on ${standby.name}.`,
      'Let it write in the directory above: chown it to the database’s owner.',
    )
  if (data.walIsLink)
    return warn(
      `pg_wal in ${directory} on ${standby.name} is a link to another place.`,
      'The new copy keeps its WAL in the data directory itself; the old place stays as it is.',
    )
  return pass(`${directory} can be renamed and replaced; what is in it is kept.`)
}

/** The standby's data directory can be put aside and replaced by a copy. */
export function dataDirectoryCheck(standby: HostFacts): PreflightCheck {
  const make = (outcome: Outcome) =>
    toCheck('data-directory', 'Data directory of the standby', 'standby', outcome)
  const [server, data] = [answerOf(standby.server), answerOf(standby.data)]
  if (!server || !data) return make(missing(standby.server, standby.data))
  return make(outcomeOfPlace(standby, server, data))
}

/** The directory that the operator chose for the old data takes it by a rename, which can be taken back at once. */
export function oldDataCheck(
  standby: HostFacts,
  chosen: string | null,
  place: AsidePlaceFacts | null,
): PreflightCheck {
  const make = (outcome: Outcome) =>
    toCheck('old-data-place', 'Place of the standby’s old data', 'standby', outcome)
  if (chosen === null) return make(notApplicable('It stays on its file system, under another name.'))
  const [server, data] = [answerOf(standby.server), answerOf(standby.data)]
  if (!server || !data || !place) return make(missing(standby.server, standby.data))
  if (!place.seen) return make(missing(place))
  const { isDirectory, isWritable, isSameFileSystem, path } = place.value
  const directory = data.realDirectory || server.dataDirectory
  if (!isDirectory)
    return make(
      fail(
        `${chosen} is no directory on ${standby.name}.`,
        `Make it: install -d -m 0700 -o ${data.owner} ${chosen}`,
      ),
    )
  if (path === directory || path.startsWith(`${directory}/`))
    return make(
      fail(`${chosen} is within the data directory itself.`, 'Choose a directory outside of it, or none.'),
    )
  if (!isSameFileSystem || pathOf(standby, server.dataDirectory)?.isMountPoint)
    return make(
      fail(
        `${chosen} is on another file system than ${directory}: the data could only be copied there, which takes its size and its time, and may be cut off halfway.`,
        'Choose a directory on the same file system, or none; move the old data on when the standby stands.',
      ),
    )
  if (!isWritable)
    return make(
      fail(
        `${data.owner} may not write in ${chosen} on ${standby.name}.`,
        `Let it: chown ${data.owner} ${chosen}`,
      ),
    )
  return make(pass(`${chosen} is on the same file system, and ${data.owner} may write there.`))
}

/** Each tablespace of the primary has its place on the standby too: a directory of the same path that the owner may write in. */
export function tablespacesCheck(
  primary: HostFacts,
  standby: HostFacts,
  places: TablespacePlacesFacts | null,
): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('tablespaces', 'Tablespaces', 'standby', outcome)
  const [from, data] = [answerOf(primary.server), answerOf(standby.data)]
  if (!from || !data) return make(missing(primary.server, standby.data))
  const spaces = from.tablespacePlaces
  if (spaces.length === 0) return make(notApplicable('The primary has none.'))
  const within = spaces.find(
    ({ location }) => !location.startsWith('/') || `${location}/`.startsWith(`${from.dataDirectory}/`),
  )
  if (within)
    return make(
      fail(
        `The tablespace ${within.name} lies within the data directory: ${within.location}.`,
        'Move its tables to pg_default, then drop it: PostgreSQL itself advises against it.',
      ),
    )
  if (!places?.seen) return make(places ? missing(places) : missing(standby.data))
  const absent = places.value.filter(({ isDirectory, isWritable }) => !isDirectory || !isWritable)
  if (absent.length > 0)
    return make(
      fail(
        `${data.owner} can’t write in ${absent.map(({ path }) => path).join(', ')} on ${standby.name}, where the primary has tablespaces.`,
        `Make each: ${absent.map(({ path }) => `install -d -m 0700 -o ${data.owner} ${path}`).join('; ')}`,
      ),
    )
  const list = spaces.map(({ name, location, bytes }) => `${name} in ${location} (${formatBytes(bytes)})`)
  return make(
    pass(`${list.join(', ')}: the places are there on ${standby.name}; what they hold now is kept in them.`),
  )
}
