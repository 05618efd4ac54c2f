import { rowFilesNames, rowFilesPage, rowFilesType } from '@/lib/commands/row-files'
import type { Host } from '@/lib/domain/host'
import { hostPlaces } from '@/lib/domain/host-places'
import type { DirectorySetting, Pair } from '@/lib/domain/pair'
import { printedName } from '@/lib/domain/printed-name'
import { missingNamesMax, type RowFiles, type RowFilesLook } from '@/lib/domain/row-files'
import { AppError, toPublicError } from '@/lib/errors'
import { type FileName, filesThere, parseFilesThere } from '@/lib/facts/missing-files'
import { readOnly } from '@/lib/operations/drill/look-through'
import { ownerTarget } from '@/lib/operations/preflight/read-host-facts'
import type { DatabaseSession, HostDoor, Row } from '@/lib/ports/host-door'
import type { Profile, RowFilesQuery } from '@/lib/profiles/schema'
import { type Clock, toInstant } from '@/lib/time'

/** Replay may cancel a statement on a standby: it is asked again so often. */
const triesMax = 3
const conflict = 'SQLSTATE 40001'
const hostMs = 60_000

type Place = {
  /** Of the host whose database and files they are. */
  readonly door: HostDoor
  readonly host: Host
  readonly profile: Profile
  readonly clock: Clock
}

type Asked = { readonly query: RowFilesQuery; readonly directory: DirectorySetting }

/** The profile's queries whose directories the pair copies; none where it leaves database or files out. */
export function rowFilesOf(
  { rowFiles }: Pick<Profile, 'rowFiles'>,
  { scope, settings }: Pick<Pair, 'scope' | 'settings'>,
): readonly Asked[] {
  if (!scope.database || !scope.files) return []
  return rowFiles.flatMap((query) => {
    const directory = settings.directories.find(({ id }) => id === query.directory)
    return directory ? [{ query, directory }] : []
  })
}

/** The name below the directory; null for what is no path in it. */
function belowDirectory(name: Buffer, path: string): FileName | null {
  const prefix = Buffer.from(`${path}/`)
  const below = name.subarray(0, prefix.length).equals(prefix) ? name.subarray(prefix.length) : name
  const parts = below.toString('latin1').split('/')
  const isPath = below.length > 0 && below[0] !== 0x2f && !below.includes(0) && !parts.includes('..')
  return isPath ? below : null
}

/** One statement within what time is left; again where replay on a standby had it cancelled. */
async function ask(
  session: DatabaseSession,
  { text, params, timeoutMs }: { text: string; params: readonly unknown[]; timeoutMs: number },
): Promise<readonly Row[]> {
  for (let tries = 1; ; tries++)
    try {
      return await session.query(text, params, { timeoutMs })
    } catch (error) {
      const isConflict = error instanceof AppError && error.detail.startsWith(conflict)
      if (!isConflict || tries === triesMax) throw error
    }
}

type Found = { -readonly [K in keyof RowFilesLook]: RowFilesLook[K] } & { names: string[] }

/** Looks for the files of one page; throws NOT_FOUND where the directory is not there. */
async function lookForPage(
  { door, host }: Place,
  { directory }: Asked,
  rows: readonly Row[],
  found: Found,
): Promise<void> {
  const all = rows.map(({ name }) => belowDirectory(Buffer.from(String(name), 'hex'), directory.path))
  const names = all.flatMap((name) => (name ? [name] : []))
  found.strange += all.length - names.length
  if (names.length === 0) return
  const question = filesThere(hostPlaces(host), directory.path, names)
  const { stdout } = await door.runOrThrow(question, { timeoutMs: hostMs })
  const there = parseFilesThere(stdout, names.length)
  if (!there) throw new AppError('NOT_FOUND', `${directory.path} is not there on ${host.name}.`)
  const missing = names.filter((_, index) => there[index] === false)
  found.files += names.length
  found.missing += missing.length
  found.names.push(...missing.slice(0, missingNamesMax - found.names.length).map(printedName))
}

/** Goes through the pages of one query until there are no more, or the time is over. */
async function lookAt(
  place: Place,
  session: DatabaseSession,
  asked: Asked,
  { found, until }: { found: Found; until: AbortSignal },
): Promise<void> {
  const { query, timeoutSeconds } = asked.query
  const timeoutMs = timeoutSeconds * 1_000
  const [first] = await ask(session, { text: rowFilesType(query), params: [], timeoutMs })
  let last: unknown = null
  while (first && !until.aborted) {
    const text = rowFilesNames(query, String(first.type), last === null)
    const rows = await ask(session, { text, params: last === null ? [] : [last], timeoutMs })
    if (until.aborted) return
    await lookForPage(place, asked, rows, found)
    last = rows.at(-1)?.name ?? null
    if (rows.length < rowFilesPage) break
  }
  if (!until.aborted) found.isAll = true
}

const nothingFound = ({ query, directory }: Asked): Found => ({
  id: query.id,
  title: query.title,
  directory: directory.title,
  files: 0,
  missing: 0,
  names: [],
  strange: 0,
  isAll: false,
  why: '',
})

/** What could be looked at of one query. What PostgreSQL or the host refuse is told; that the time was over is no fault. */
async function lookAtOne(
  place: Place,
  session: DatabaseSession,
  asked: Asked,
  until: AbortSignal,
): Promise<RowFilesLook> {
  const found = nothingFound(asked)
  try {
    await lookAt(place, session, asked, { found, until })
  } catch (error) {
    const { code, message } = toPublicError(error)
    if (code === 'INTERNAL') throw error
    if (!until.aborted) found.why = message
  }
  return found
}

/**
 * Which files that rows refer to a host lacks: its own database is asked, read only, and its own directories are looked into, in pages, so that
 * nothing grows with their number. When `until` is aborted, what was found by then is told, and that it is not all. Null where the pair has nothing to
 * look for. Throws only for a fault of our own.
 */
export async function lookForRowFiles(
  place: Place & { readonly pair: Pick<Pair, 'scope' | 'settings'> },
  until: AbortSignal,
): Promise<RowFiles | null> {
  const { door, host, profile, pair, clock } = place
  const all = rowFilesOf(profile, pair)
  if (all.length === 0) return null
  const at = toInstant(clock.now())
  const target = { ...ownerTarget(profile.postgres), database: profile.postgres.database }
  const unseen = (why: string) => ({
    at,
    hostName: host.name,
    looks: all.map((asked) => ({ ...nothingFound(asked), why })),
  })
  let session: DatabaseSession | null = null
  const close = () => void session?.close()
  try {
    session = await door.database(target)
    until.addEventListener('abort', close)
    await session.query(readOnly)
    const looks: RowFilesLook[] = []
    for (const asked of all) looks.push(await lookAtOne(place, session, asked, until))
    return { at, hostName: host.name, looks }
  } catch (error) {
    const { code, message } = toPublicError(error)
    if (code === 'INTERNAL') throw error
    return unseen(until.aborted ? '' : message)
  } finally {
    until.removeEventListener('abort', close)
    await session?.close()
  }
}
