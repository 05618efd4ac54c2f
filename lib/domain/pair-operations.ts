import { z } from 'zod'
import { adoptPieces } from '@/lib/domain/adopt/pieces'
import { drillOptions } from '@/lib/domain/drill-options'
import type { OperationKind } from '@/lib/domain/operation'
import { roles } from '@/lib/domain/pair'
import { pauseParts } from '@/lib/domain/pause'
import {
  fencesByDatabase,
  noTimelines,
  nothingLeft,
  pairSettingsInput,
  protectsSomething,
  scopeInput,
} from '@/lib/domain/settings-input'
import type { ActionId } from '@/lib/domain/states'
import { leaveChoices } from '@/lib/domain/unpair'

/** Operations on a pair that is there: all are asked for by the same verbs, pages, commands and addresses. */
export const pairOperationKinds = [
  'adopt',
  'promote',
  'switchover',
  'fence',
  're-pair',
  'pause',
  'resume',
  'change-settings',
  'unpair',
  'drill',
  'sync',
  'repair-files',
] as const satisfies readonly (OperationKind & ActionId)[]
export type PairOperationKind = (typeof pairOperationKinds)[number]

export const isPairOperation = (name: string): name is PairOperationKind =>
  pairOperationKinds.some((kind) => kind === name)

/** Whether it is begun over a promotion that stands with all done that can't be taken back: two writable primaries don't wait for it. */
export const takesOver = (kind: PairOperationKind): boolean => kind === 'fence'

const nothing = z.strictObject({})

/** Which pieces are taken over: all that are left where nothing is said. */
const adopt = z.strictObject({
  pieces: z
    .array(z.enum(adoptPieces, { error: `There are: ${adoptPieces.join(', ')}.` }))
    .transform((given) => adoptPieces.filter((piece) => given.includes(piece)))
    .default([]),
})

/** The whole of it as it is to be. */
const changeSettings = z
  .strictObject({ scope: scopeInput, settings: pairSettingsInput })
  .refine(protectsSomething, nothingLeft)
  .refine(fencesByDatabase, noTimelines)

const pause = z.strictObject({
  what: z
    .array(z.enum(pauseParts, { error: `There are: ${pauseParts.join(', ')}.` }), {
      error: `Say what: ${pauseParts.join(', ')}.`,
    })
    .min(1, { error: `Say what: ${pauseParts.join(', ')}.` })
    .transform((given) => pauseParts.filter((part) => given.includes(part))),
  /** How far ahead it may be is a check of the plan: that depends on when it is asked. */
  until: z.iso
    .datetime({ offset: true, error: 'Give an instant with its zone, e.g. 2026-11-23T04:30:00Z.' })
    .transform((given) => new Date(given).toISOString()),
})

/** Which directories are copied, by their ids; all where none is named. */
const sync = z.strictObject({ directories: z.array(z.string()).default([]) })

/** What an operator chooses for an operation before it is planned, beside the pair itself. */
export const pairOperationOptions = {
  adopt,
  promote: nothing,
  switchover: nothing,
  /** Which host is kept from writing, by its recorded role; only where no promotion says which it is. */
  fence: z.strictObject({ host: z.enum(roles, { error: `There are: ${roles.join(', ')}.` }).optional() }),
  're-pair': nothing,
  pause,
  resume: nothing,
  'change-settings': changeSettings,
  /** As what the standby is left. */
  unpair: z.strictObject({ leave: z.enum(leaveChoices).default('stopped') }),
  drill: drillOptions,
  sync,
  /** Of which directories files are repaired; of all where none is named. */
  'repair-files': sync,
} as const satisfies Readonly<Record<PairOperationKind, z.ZodType>>

export type PairOperationOptions = {
  readonly [K in PairOperationKind]: z.infer<(typeof pairOperationOptions)[K]>
}
