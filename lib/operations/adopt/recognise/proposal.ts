import type { FoundJob } from '@/lib/domain/adopt/found-replication'
import type { Proposal } from '@/lib/domain/adopt/proposal'
import { isOwnLogId } from '@/lib/domain/own-logs'
import type { DirectorySetting } from '@/lib/domain/pair'
import { majorVersion } from '@/lib/domain/postgres-layout'
import { absolutePath } from '@/lib/domain/settings-input'
import { isDirectoryId } from '@/lib/domain/sync-names'
import { type FoundGround, seenOf } from '@/lib/operations/adopt/recognise/ground'
import type { FoundStream } from '@/lib/operations/adopt/recognise/stream'
import { answerOf } from '@/lib/operations/preflight/host-facts'

/** As a create has it where nothing is said. */
const otherSchedule = '*/5 * * * *'

/** An id for a directory that the profile does not know: its own name, told apart from those that are there. */
function idOf(path: string, taken: readonly string[]): string {
  const plain = path
    .toLowerCase()
    .replace(/^.*\/([^/]+)$/, '$1')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 36)
  const base = isDirectoryId(plain) && !isOwnLogId(plain) ? plain : 'directory'
  const numbered = [base, ...Array.from({ length: taken.length + 1 }, (_, index) => `${base}-${index + 2}`)]
  return numbered.find((id) => !taken.includes(id)) ?? base
}

/**
 * The directories that are copied to where they lie on the primary: by the profile's own entry where it knows one, and when they are
 * copied now.
 */
function foundDirectories({ profile }: FoundGround, jobs: readonly FoundJob[]): readonly DirectorySetting[] {
  const copies = jobs.flatMap(({ schedule, copies }) => copies.map((copy) => ({ schedule, ...copy })))
  const paths = [...new Set(copies.filter(({ from, to }) => from === to).map(({ from }) => from))]
  const known: DirectorySetting[] = []
  for (const path of paths) {
    if (!absolutePath.safeParse(path).success || path.includes('$')) continue
    const schedule = copies.find((copy) => copy.from === path && copy.schedule !== null)?.schedule ?? null
    const ofProfile = profile.directories.find((directory) => directory.path === path)
    if (ofProfile) {
      known.push({ ...ofProfile, schedule: schedule ?? ofProfile.schedule })
      continue
    }
    const id = idOf(
      path,
      [...known, ...profile.directories].map((each) => each.id),
    )
    known.push({
      id,
      title: path.slice(0, 80),
      path,
      log: `rsync_${id}.log`,
      schedule: schedule ?? otherSchedule,
    })
  }
  return known
}

/** WAL that is kept now, in segments of the server; the profile's number where none is. */
function walKept(ground: FoundGround): number {
  const server = answerOf(ground.facts.primary.server)
  if (!server) return ground.profile.walKeepSegments
  const { versionNum, settings, walSegmentBytes } = server
  const kept =
    majorVersion(versionNum) < 13
      ? Number(settings.wal_keep_segments?.setting ?? 0)
      : Math.floor((Number(settings.wal_keep_size?.setting ?? 0) * 1_048_576) / walSegmentBytes)
  return kept > 0 ? kept : ground.profile.walKeepSegments
}

/** What a slot may hold back now, in segments, where the stream has one: where nothing limits it, as much as is kept without one. */
function slotLimit(ground: FoundGround, found: FoundStream): number | null {
  if (found.slot === null) return null
  const limit = Number(seenOf(ground, 'primary').replication?.settings.max_slot_wal_keep_size?.setting ?? -1)
  const segmentBytes = answerOf(ground.facts.primary.server)?.walSegmentBytes ?? 16_777_216
  const segments = Math.floor((limit * 1_048_576) / segmentBytes)
  return segments > 0 ? segments : walKept(ground)
}

/** The pair as it is: what taking it over changes least. */
export function proposalOf(ground: FoundGround, found: FoundStream, jobs: readonly FoundJob[]): Proposal {
  const directories = foundDirectories(ground, jobs)
  const { unit, start } = ground.profile.application
  return {
    scope: { database: true, files: directories.length > 0, packages: false },
    settings: {
      walKeepSegments: walKept(ground),
      slotWalSegments: slotLimit(ground, found),
      directories,
      fenceReturned: 'ask',
    },
    pieces: [
      'replication',
      ...(directories.length > 0 ? (['files'] as const) : []),
      ...(unit === null && start === null ? [] : (['application'] as const)),
      'kit',
    ],
  }
}
