import { logInput } from '@/lib/domain/inputs'
import type { LoudnessAsked } from '@/lib/domain/log-severity'
import { parseInput } from '@/lib/domain/parse-input'
import { AppError } from '@/lib/errors'
import type { LogBytes } from '@/lib/facts/log-chunk'
import type { LogMatches } from '@/lib/facts/log-search'
import type { ServiceContext } from '@/lib/services/context'
import { findHost, findPair, findProfile } from '@/lib/services/find-or-throw'
import { logFilesOf } from '@/lib/services/logs/log-files'
import { readPiece, searchFile } from '@/lib/services/logs/read-piece'

/** A log of a pair on one of its hosts. */
type OpenLog = {
  readonly path: string
  readonly hostName: string
  /** Throws NOT_FOUND while the file was never written, and HOST_*. */
  read(piece: { offset: number; limit: number; file: string | null }): Promise<LogBytes>
  search(asked: { text: string; loudness: LoudnessAsked }): Promise<LogMatches>
}

/** Only the logs that the profile and the pair name can be read, never another path. Throws NOT_FOUND and INVALID_INPUT. */
export async function openLog(context: ServiceContext, input: unknown): Promise<OpenLog> {
  const { slug, log, host: role } = parseInput(logInput, input)
  const pair = await findPair(context.store, slug)
  const known = logFilesOf(pair, findProfile(context, pair.profileId)).find(({ id }) => id === log)
  if (!known)
    throw new AppError('NOT_FOUND', `This pair has no log “${log}”.`, { fix: 'Choose one from the list.' })
  const host = await findHost(context.store, pair.hosts[role])
  const { path } = known
  const orMissing = <T>(found: T | null): T => {
    if (found) return found
    throw new AppError('NOT_FOUND', `${host.name} has no file ${path} yet.`, {
      fix: 'It is written when there is something to write; look at the other host’s, too.',
    })
  }
  return {
    path,
    hostName: host.name,
    read: async (piece) => orMissing(await readPiece(context.doors, host, { path, ...piece })),
    search: async (asked) => orMissing(await searchFile(context.doors, host, { path, ...asked })),
  }
}
