import { z } from 'zod'
import { formatDuration } from '@/lib/domain/format-duration'
import type { LossStatement } from '@/lib/domain/loss'
import type { Instant } from '@/lib/domain/observation'
import type { Plan } from '@/lib/domain/operation'
import type { RowFiles, RowFilesLook } from '@/lib/domain/row-files'

/** A promotion's loss as its plan was made with it. */
export type KeptLoss = LossStatement & {
  /** When the hosts were seen so. */
  readonly at: Instant
  /** Whether the pair protects a database: of what it leaves out nothing is said. */
  readonly hasDatabase: boolean
}

const lossSchema: z.ZodType<KeptLoss> = z.object({
  at: z.string(),
  hasDatabase: z.boolean(),
  database: z.object({
    walBytes: z.number().nullable(),
    seconds: z.number().nullable(),
    lastReplayedCommitAt: z.string().nullable(),
    primaryLsn: z.string().nullable(),
    primaryLsnAgeSeconds: z.number().nullable(),
    isUpperBound: z.boolean(),
  }),
  directories: z
    .array(z.object({ id: z.string(), title: z.string(), ageSeconds: z.number().nullable() }))
    .readonly(),
  sentence: z.string(),
})
/** Left out by plans of a version that did not keep it, and where the pair had not been observed yet. */
export const keptLoss = lossSchema.nullish()

const look: z.ZodType<RowFilesLook> = z.object({
  id: z.string(),
  title: z.string(),
  directory: z.string(),
  files: z.int().nonnegative(),
  missing: z.int().nonnegative(),
  names: z.array(z.string()).readonly(),
  strange: z.int().nonnegative(),
  isAll: z.boolean(),
  why: z.string(),
})

const rowFilesSchema: z.ZodType<RowFiles> = z.object({
  at: z.string(),
  hostName: z.string(),
  looks: z.array(look).readonly(),
})
/** As a plan keeps it: left out by plans of a version that did not look, null where there is nothing to look for. */
export const keptRowFiles = rowFilesSchema.nullish()

const server = z.object({
  timeline: z.int(),
  inRecovery: z.boolean(),
  lsn: z.string().nullish(),
  receivedLsn: z.string().nullish(),
})
const host = z.object({
  name: z.string(),
  server: z.union([z.object({ seen: z.literal(true), value: server }), z.object({ seen: z.literal(false) })]),
})
/** What of a plan's facts is told in its runbook and report; each kind's own schema knows the rest. */
const toldFacts = z.object({ primary: host, standby: host, loss: keptLoss, rowFiles: keptRowFiles })

const factsOf = ({ facts }: Pick<Plan, 'facts'>) => toldFacts.safeParse(facts).data ?? null

/** What the promotion was to lose when it was planned; null for other plans, and where it was not known. */
export const plannedLoss = (plan: Pick<Plan, 'facts'>): KeptLoss | null => factsOf(plan)?.loss ?? null

/** Which files that rows refer to the standby lacked when the promotion was planned; null for other plans, and where there was nothing to look for. */
export const plannedRowFiles = (plan: Pick<Plan, 'facts'>): RowFiles | null => factsOf(plan)?.rowFiles ?? null

function positionOf({ name, server: seen }: z.infer<typeof host>, lastSeen: string): string {
  if (!seen.seen) return `${name}: not seen${lastSeen}`
  const { timeline, inRecovery, lsn, receivedLsn } = seen.value
  const received = receivedLsn ? `, received up to ${receivedLsn}` : ''
  return `${name}: timeline ${timeline}, ${inRecovery ? 'replayed' : 'written'} up to ${lsn ?? 'an unknown position'}${received}`
}

/** Where each server was when the plan was made; none where no server was asked. */
export function positionsBefore(plan: Pick<Plan, 'facts'>): readonly string[] {
  const facts = factsOf(plan)
  if (!facts || !(facts.primary.server.seen || facts.standby.server.seen)) return []
  const database = facts.loss?.database
  const lastSeen = database?.primaryLsn
    ? `, but at ${database.primaryLsn} ${formatDuration(database.primaryLsnAgeSeconds ?? 0)} before`
    : ''
  return [positionOf(facts.primary, lastSeen), positionOf(facts.standby, '')]
}
