import type { FileToWrite } from '@/lib/commands/file'
import { reachFiles, type Sync } from '@/lib/commands/sync'
import type { Host } from '@/lib/domain/host'
import type { OperationId } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import { type AnyOperationContext, markOf } from '@/lib/operations/context'
import { exchanged } from '@/lib/operations/exchanged'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import type { RotateFacts } from '@/lib/operations/rotate-key/facts'
import { syncOf } from '@/lib/operations/sync-of'
import type { Profile } from '@/lib/profiles/schema'

export type RotateGround = {
  readonly operationId: OperationId
  readonly pair: Pair
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
  readonly facts: RotateFacts
}

/** What every step is given. No PostgreSQL is asked for anything. */
export type RotateContext = AnyOperationContext & { readonly facts: RotateFacts }

/** A file that tells the standby how the primary is reached, as it is and as it is to be. */
export type ReachChange = { readonly before: string | null; readonly file: FileToWrite }

/** What plan and steps are built from: plain data. */
export type RotateBasis = RotateGround &
  Pick<RotateContext, 'layouts'> & {
    readonly sync: Sync
    readonly mark: string
    /** Files that say something else than what the dashboard knows of the primary; empty where none does. */
    readonly reach: readonly ReachChange[]
    /** What the primary still has of its time as the standby; null where that is nothing. */
    readonly former: Sync | null
  }

const noLayouts = { primary: null, standby: null } as const

function reachChanges(sync: Sync, { reach }: RotateFacts): readonly ReachChange[] | null {
  const found = answerOf(reach)
  if (!found || found.pairFile === null) return null
  const before = [found.knownHosts, found.pairFile]
  return reachFiles(sync, found.pairFile).flatMap((file, index) =>
    file.content === before[index] ? [] : [{ file, before: before[index] ?? null }],
  )
}

/** Null where the pair has no files, and while one of its hosts could not be asked for what the steps need or the file sync is not there. */
export function rotateBasis(ground: RotateGround): RotateBasis | null {
  const { facts, hosts, operationId } = ground
  const former = answerOf(facts.formerAccess)
  if (!ground.pair.scope.files || ground.pair.settings.directories.length === 0) return null
  if (!facts.access.seen || !former || !facts.primary.machine.seen || !facts.standby.machine.seen) return null
  const sync = syncOf({ ...ground, layouts: noLayouts })
  const reach = reachChanges(sync, facts)
  if (!reach) return null
  const hasFormer = former.publicKey !== '' || former.isLetIn
  return {
    ...ground,
    layouts: noLayouts,
    sync,
    mark: markOf(operationId),
    reach,
    former: hasFormer ? syncOf({ ...ground, hosts: exchanged(hosts), layouts: noLayouts }) : null,
  }
}
