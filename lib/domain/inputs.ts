import { z } from 'zod'
import { drillOptions } from '@/lib/domain/drill-options'
import { whyNoSchedule } from '@/lib/domain/drill-schedule'
import { loudnessAsked } from '@/lib/domain/log-severity'
import { operationVerbs } from '@/lib/domain/operation-verbs'
import { fenceReturnedChoices } from '@/lib/domain/pair'
import { pairOperationKinds } from '@/lib/domain/pair-operations'
import {
  absolutePath,
  fencesByDatabase,
  line,
  noTimelines,
  nothingLeft,
  pairSettingsInput,
  protectsSomething,
  scopeInput,
} from '@/lib/domain/settings-input'
import { userRoles } from '@/lib/domain/user'

/**
 * What the verbs accept, once for all doors: pages check forms with these schemas, HTTP and command line parse with
 * them, and the verbs parse again. Each message is a sentence for the operator.
 */

const port = z.coerce
  .number({ error: 'Give a port number.' })
  .int({ error: 'Give a whole number.' })
  .min(1, { error: 'A port is between 1 and 65535.' })
  .max(65_535, { error: 'A port is between 1 and 65535.' })

/** IPv4 or IPv6: replication and pg_hba work with addresses, a name could change its meaning during a failover. */
export const hostAddress = z
  .string()
  .trim()
  .refine((value) => z.ipv4().safeParse(value).success || z.ipv6().safeParse(value).success, {
    error: 'Give an IP address, not a host name: replication and its access rules are tied to addresses.',
  })

const fingerprint = z
  .string()
  .trim()
  .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, { error: 'A fingerprint looks like SHA256:… as ssh prints it.' })

const email = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.email({ error: 'Give an e-mail address.' }))

/** Length is what counts (NIST SP 800-63B, 5.1.1.2); no rules of composition. */
export const newPassword = z
  .string()
  .min(12, { error: 'At least 12 characters.' })
  .max(128, { error: 'At most 128 characters.' })

export const signInInput = z.object({ email, password: z.string().min(1, { error: 'Give the password.' }) })
export type SignInInput = z.infer<typeof signInInput>

export const setupInput = z.object({
  code: z.string().trim().min(1, { error: 'Give the one-time code that was printed at the start.' }),
  name: line('a name', 80),
  email,
  password: newPassword,
})
export type SetupInput = z.infer<typeof setupInput>

export const hostKeyInput = z.object({ address: hostAddress, port })

const hostAuth = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('key'),
    privateKey: z.string().trim().min(1, { error: 'Give the private key, in OpenSSH or PEM form.' }),
    passphrase: z.string().nullable().default(null),
  }),
  z.object({ kind: z.literal('password'), password: z.string().min(1, { error: 'Give the password.' }) }),
  z.object({ kind: z.literal('agent') }),
])
export type HostAuth = z.infer<typeof hostAuth>

export const accessTestInput = hostKeyInput.extend({
  /** The fingerprint that the operator compared and confirmed. */
  fingerprint,
  user: line('the user to log in as', 32).refine((value) => /^[a-z_][a-z0-9_.-]*\$?$/i.test(value), {
    error: 'Not a name of a Unix user.',
  }),
  auth: hostAuth,
})
export type AccessTestInput = z.infer<typeof accessTestInput>

export const registerHostInput = accessTestInput.extend({
  name: line('a short name', 40).refine((value) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value), {
    error: 'Letters, digits, dots, dashes and underscores, beginning with a letter or digit.',
  }),
})

/** The whole access of a registered host as it is to be; `auth` null: proved as it is now. */
export const changeAccessInput = accessTestInput
  .omit({ fingerprint: true, auth: true })
  .extend({ hostId: z.string().min(1), auth: hostAuth.nullable().default(null) })
export type ChangeAccessInput = z.infer<typeof changeAccessInput>

export const confirmHostKeyInput = z.object({
  hostId: z.string().min(1),
  /** The pinned one, as the page showed it. */
  oldFingerprint: fingerprint,
  /** The one that the host shows now, as the page showed it. */
  newFingerprint: fingerprint,
})

export const fenceReturnedInput = z.object({
  slug: z.string().min(1),
  fenceReturned: z.enum(fenceReturnedChoices, {
    error: `Choose one of ${fenceReturnedChoices.join(' and ')}.`,
  }),
})

/** When drills of a pair begin by themselves; `cron` null: never. */
export const drillScheduleInput = z.object({
  slug: z.string().min(1),
  cron: z
    .string()
    .trim()
    .superRefine((cron, context) => {
      const why = whyNoSchedule(cron)
      if (why !== null) context.addIssue({ code: 'custom', message: why })
    })
    .nullable(),
  options: drillOptions.prefault({}),
})

const pairHosts = z
  .object({
    primary: z.string().min(1, { error: 'Choose the primary.' }),
    standby: z.string().min(1, { error: 'Choose the standby.' }),
  })
  .refine((hosts) => hosts.primary !== hosts.standby, {
    error: 'Primary and standby are the same host: choose another standby.',
    path: ['standby'],
  })

export const foundInput = z.object({ profileId: z.string().min(1), hosts: pairHosts })
export type FoundInput = z.infer<typeof foundInput>

const pairName = line('a name for the pair', 40).refine((value) => /^[a-z][a-z0-9-]*$/.test(value), {
  error: 'Lower-case letters, digits and dashes, beginning with a letter.',
})

/** Directories that are copied and no part of the pair, by their ids. */
const without = z.array(z.string().max(40)).max(200)
/** A pair that somebody else made, to be looked at. */
export const observeInput = foundInput.extend({ slug: pairName, without: without.default([]) })

/** Null: what is left out stays so. */
export const lookAgainInput = z.object({ slug: z.string().min(1), without: without.nullable().default(null) })

const createFields = z.object({
  slug: pairName,
  profileId: z.string().min(1, { error: 'Choose a profile.' }),
  hosts: pairHosts,
  scope: scopeInput,
  settings: pairSettingsInput,
  /** Agrees to the restart of the primary's PostgreSQL that the preflight announced, where one is needed. */
  agreeRestart: z.boolean().default(false),
  /** Where the standby's old data is put, on the file system that it is on; null: beside the new. */
  oldDataDirectory: absolutePath.nullable().default(null),
})

/** A pair to be made, as the create wizard has collected it. */
export const createInput = createFields
  .refine(protectsSomething, nothingLeft)
  .refine(fencesByDatabase, noTimelines)
export type CreateInput = z.infer<typeof createInput>

/** A host, and the pair that it is or will be part of: a known one by its name, or one to be made. */
export const hostRightsInput = z.union([
  z.object({ hostId: z.string().min(1), create: createInput }),
  z.object({
    hostId: z.string().min(1),
    slug: z.string({ error: 'Name the pair.' }).min(1),
    /** What its settings are about to become: then what is needed on the way there too. */
    wanted: z.object({ scope: scopeInput, settings: pairSettingsInput }).optional(),
  }),
])
export type HostRightsInput = z.infer<typeof hostRightsInput>

const reason = line('a reason', 500)

/** What every verb takes that starts an operation. */
const start = {
  reason,
  /** A random one for each click (HTTP: the header `Idempotency-Key`): the same again starts nothing new. */
  idempotencyKey: z
    .string({ error: 'Give an idempotency key.' })
    .min(8, { error: 'An idempotency key has at least 8 characters.' })
    .max(100, { error: 'An idempotency key has at most 100 characters.' }),
  /** The wizard's draft, which then points to the operation; null from the command line. */
  draftId: z.string().min(1).nullable().default(null),
  /**
   * The plan that the operator was shown, as `PlanView.shown` has it. The operation takes its id, so that names of what is put
   * aside are those shown; where the plan has other steps by now, or one would run something else, nothing is started. Null:
   * whatever the plan is now.
   */
  shown: z
    .object({
      operationId: z.uuid(),
      steps: z.array(z.object({ id: z.string().max(80), digest: z.string().max(64) })).max(500),
    })
    .nullable()
    .default(null),
  /** Failed checks that it goes on with all the same; each must be one that can be overridden. */
  overrides: z
    .array(z.object({ checkId: z.string().min(1).max(80), reason }))
    .max(100)
    .default([]),
}
export type ShownPlan = {
  readonly operationId: string
  readonly steps: readonly {
    readonly id: string
    /** Of the step's commands, statements and files; made by the dashboard and handed back as it is. */
    readonly digest: string
  }[]
}

/** Exactly the plan's words; empty when the plan asks for none. */
const acknowledgement = z.string().trim().max(500).default('')

export const startCreateInput = createFields
  .extend({ acknowledgement, ...start })
  .refine(protectsSomething, nothingLeft)
  .refine(fencesByDatabase, noTimelines)

/** An operation on a pair that is there; what `options` may hold is the kind's own. */
export const planPairInput = z.object({
  slug: z.string().min(1),
  operation: z.enum(pairOperationKinds, { error: `There are: ${pairOperationKinds.join(', ')}.` }),
  options: z.record(z.string(), z.unknown()).default({}),
})

export const startPairInput = planPairInput.extend({ acknowledgement, ...start })

export const askOfOperationInput = z
  .object({
    operationId: z.string().min(1),
    verb: z.enum(operationVerbs),
    /** In the operator's words; needed for `close`, which leaves things as they are. */
    reason: z.string().trim().max(500).default(''),
  })
  .refine(({ verb, reason }) => verb !== 'close' || reason !== '', {
    error: 'Say why it shall stand as it is.',
    path: ['reason'],
  })

export const draftInput = z.object({
  kind: z.enum(['create', 'promote']),
  step: line('a step', 40),
  answers: z.record(z.string().max(80), z.json()),
})

export const draftChangeInput = draftInput
  .pick({ step: true, answers: true })
  .extend({ id: z.string().min(1), version: z.int().min(1) })

export const logInput = z.object({
  slug: z.string().min(1),
  /** A directory's id, `warm-standby` for the transcript of operations, or e.g. `rsync_pip_req` for packages. */
  log: z.string().min(1),
  host: z.enum(['primary', 'standby']).default('standby'),
})

export const logQuery = logInput.extend({
  /** Byte to begin at; -1: the last `limit` bytes. */
  offset: z.coerce.number().int().min(-1).default(-1),
  /** Bytes at most. */
  limit: z.coerce.number().int().min(4).max(1_048_576).default(65_536),
  /** The file that `offset` is in, as an answer named it: what it was rotated to is read to its end first. */
  file: z
    .string()
    .regex(/^\d+:\d+$/)
    .nullable()
    .default(null),
})

export const logSearchQuery = logInput.extend({
  /** Looked for without regard to case; empty: any line. */
  text: z
    .string()
    .max(400)
    .regex(/^\P{Cc}*$/u, 'one line, please')
    .default(''),
  loudness: z.enum(loudnessAsked).default('all'),
})

export const newUserInput = z.object({
  name: line('a name', 80),
  email,
  role: z.enum(userRoles),
  password: newPassword,
})

export const passwordChangeInput = z.object({
  currentPassword: z.string().min(1, { error: 'Give the password that you have now.' }),
  password: newPassword,
})

export const newPasswordInput = z.object({ password: newPassword })
export const userPasswordInput = newPasswordInput.extend({ userId: z.string().min(1) })

export const userRoleInput = z.object({ userId: z.string().min(1), role: z.enum(userRoles) })

export const auditQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  beforeId: z.coerce.number().int().positive().optional(),
})

/** Breaking a lock that was seen; `operationId` is null where the lock could not be read. */
export const breakHostLockInput = z.object({
  hostId: z.string().min(1),
  operationId: z.string().min(1).nullable(),
  words: z.string(),
})
