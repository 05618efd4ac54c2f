import type { DirectorySetting } from '@/lib/domain/pair'
import type { AnyOperationContext } from '@/lib/operations/context'
import type { RepairFilesFacts } from '@/lib/operations/repair-files/facts'
import { type SyncBasis, type SyncGround, syncBasis } from '@/lib/operations/sync/basis'

/** Files that one plan names at most, of all directories together. */
export const repairedMax = 1_000

export type RepairFilesGround = SyncGround & { readonly facts: RepairFilesFacts }

/** What the step is given. */
export type RepairFilesContext = AnyOperationContext

/** One directory with its files that are pulled. */
export type Damaged = {
  readonly directory: DirectorySetting
  readonly names: readonly string[]
  readonly total: number
}

/** What plan and step are built from. */
export type RepairFilesBasis = SyncBasis & { readonly damaged: readonly Damaged[] }

/** The directories that have such files, of those that were asked for. */
export const damagedOf = ({ facts }: Pick<RepairFilesGround, 'facts'>, of: readonly DirectorySetting[]) =>
  of.flatMap((directory): readonly Damaged[] => {
    const found = facts.files.find(({ id }) => id === directory.id)
    return found && found.names.length > 0
      ? [{ directory, names: found.names, total: Math.max(found.total, found.names.length) }]
      : []
  })

/** Null while the standby could not be asked for what the step needs. */
export function repairFilesBasis(ground: RepairFilesGround): RepairFilesBasis | null {
  const basis = syncBasis(ground)
  return basis && { ...basis, damaged: damagedOf(ground, basis.directories) }
}
