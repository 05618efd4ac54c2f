import type { Host } from '@/lib/domain/host'
import type { CreateInput } from '@/lib/domain/inputs'
import type { OperationId } from '@/lib/domain/operation'
import type { DirectorySetting, Pair, Role } from '@/lib/domain/pair'
import { type Changeable, directoryChanges } from '@/lib/domain/settings-change'
import type { ChangeFacts } from '@/lib/operations/change-settings/facts'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import { createBasis } from '@/lib/operations/create/plan-create'
import { seeThrough } from '@/lib/operations/engine/see-through'
import type { Step } from '@/lib/operations/engine/step'
import type { Profile } from '@/lib/profiles/schema'

export type ChangeGround = {
  readonly operationId: OperationId
  readonly pair: Pair
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
  readonly facts: ChangeFacts
}

/** What every step is given; of the pair's settings no step asks the context: before and after stand in the facts. */
export type ChangeContext = FileContext

/** What plan and steps are built from. A change is told to the steps of a create as the part of a create that it is. */
export type ChangeBasis = FileBasis & { readonly facts: ChangeFacts }

/** The create of which the change is a part: the wanted pair, and of its directories those that come. */
export function inputOf(
  { slug, profileId, hosts }: Pair,
  { before, after }: Pick<ChangeFacts, 'before' | 'after'>,
): CreateInput {
  const { added } = directoryChanges(before, after)
  const brings = after.scope.packages === true && before.scope.packages !== true
  return {
    slug,
    profileId,
    hosts,
    scope: { ...after.scope, files: added.length > 0, packages: brings },
    settings: { ...after.settings, directories: [...added] },
    agreeRestart: false,
    oldDataDirectory: null,
  }
}

/** Null while one of the hosts could not be asked for what the steps need. */
export function changeBasis(ground: ChangeGround): ChangeBasis | null {
  const { facts } = ground
  const basis = createBasis({ ...ground, input: inputOf(ground.pair, facts) })
  return basis && { ...basis, facts }
}

/** The pair with these settings, and with these directories alone. */
export const pairWith = (
  pair: Pair,
  { scope, settings }: Changeable,
  directories: readonly DirectorySetting[],
): Pair => ({
  ...pair,
  scope: { ...scope, files: directories.length > 0 },
  settings: { ...settings, directories },
})

/** The same basis for another view of the pair. */
export const basisOf = (basis: ChangeBasis, pair: Pair): ChangeBasis => ({ ...basis, pair })

/** A step of a create, which acts on the pair that its context tells: here on this view of it. */
export const onPair = (step: Step<FileContext>, pair: Pair): Step<ChangeContext> =>
  seeThrough(step, (context: ChangeContext) => ({ ...context, pair }))
