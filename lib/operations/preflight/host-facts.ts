import { z } from 'zod'
import { asidePlace } from '@/lib/facts/aside-place'
import { dataDirectorySurvey, machineSurvey } from '@/lib/facts/machine-survey'
import { pathFacts } from '@/lib/facts/path-survey'
import { serverSurvey } from '@/lib/facts/server-survey'
import { tablespacePlaces } from '@/lib/facts/tablespace-places'

const problem = z.object({ code: z.string(), message: z.string(), fix: z.string() })

/** Something that was asked of a host: the answer, or the operator's sentence why there is none. */
export const asked = <T extends z.ZodType>(value: T) =>
  z.union([z.object({ seen: z.literal(true), value }), z.object({ seen: z.literal(false), why: problem })])

/** What was found on one host before an operation is planned. Plain data, kept in the plan. */
export const hostFacts = z.object({
  name: z.string(),
  address: z.string(),
  port: z.int(),
  registeredMachineId: z.string().nullable(),
  /** Who signs in there, and that it may not become root. */
  user: z.string(),
  isUnprivileged: z.boolean(),
  machine: asked(machineSurvey),
  /** Commands as root, and as the owner of the database: done without a password? */
  asRoot: asked(z.literal(true)),
  asDatabaseOwner: asked(z.literal(true)),
  server: asked(serverSurvey),
  data: asked(dataDirectorySurvey),
  paths: asked(z.array(pathFacts)),
  /** What starts the application or PostgreSQL at boot in the crontab of an unprivileged user; null elsewhere. */
  bootLines: z.array(z.string()).nullable(),
  /** Why the crontab of an unprivileged user can't be read; null where it can be, or is not looked at. */
  crontabProblem: z.string().nullable().default(null),
  /** Answer of the profile's check where the application has no unit; null elsewhere. */
  applicationHealthy: z.boolean().nullable(),
  /** Number of the login user; null where it was not asked, because PostgreSQL's owner tells who owns everything. */
  uid: z.int().nullable().default(null),
  /** Host's clock minus ours, milliseconds, and its uncertainty; null when the host did not answer. */
  clockOffsetMs: z.number().nullable(),
  clockErrorMs: z.number().nullable(),
})
export type HostFacts = z.infer<typeof hostFacts>

/** The directory that the standby's old data shall be put into, as the owner of the database finds it. */
export const asidePlaceFacts = asked(asidePlace)
export type AsidePlaceFacts = z.infer<typeof asidePlaceFacts>

/** On the standby: the places that the primary's tablespaces have. */
export const tablespacePlacesFacts = asked(tablespacePlaces)
export type TablespacePlacesFacts = z.infer<typeof tablespacePlacesFacts>

const sshSeen = z.enum(['pinned-key', 'other-key', 'no-response', 'not-asked'])

/** What the standby sees of the primary. */
export const linkFacts = z.object({
  postgres: z.enum(['accepting', 'rejecting', 'no-response', 'not-asked']),
  /** Does SSH on the primary answer the standby, and with the host key that is pinned? */
  ssh: sshSeen,
  /** The same of the standby's SSH from the primary, as it will be needed when the roles have turned. */
  sshBack: sshSeen.default('not-asked'),
  /** The address by which the standby goes to the primary; null where it does not say. */
  source: z.string().nullable().default(null),
})
export type LinkFacts = z.infer<typeof linkFacts>

export type Asked<T> =
  | { readonly seen: true; readonly value: T }
  | { readonly seen: false; readonly why: { code: string; message: string; fix: string } }

/** The answer, or null where there is none. */
export const answerOf = <T>(answer: Asked<T>): T | null => (answer.seen ? answer.value : null)
