import type { Operation, OperationEvent } from '@/lib/domain/operation'
import type { HostState } from '@/test/matrix/host-state'
import type { Broken } from '@/test/matrix/invariants'

/** Both hosts by their roles in the plan; the former primary of a promotion or a fence is its primary. */
type Shown = { readonly primary: HostState; readonly standby: HostState }
type Goal = (shown: Shown, before: Shown) => readonly (readonly [isSo: boolean, sentence: string])[]

const standbyFollows: Goal = ({ primary, standby }) => [
  [standby.isInRecovery, `${standby.name} is not in recovery`],
  [
    standby.streamsFrom === primary.address,
    `${standby.name} streams from “${standby.streamsFrom}”, not from ${primary.name}`,
  ],
  [standby.isScheduled, `${standby.name} has no schedule that copies files`],
  [!primary.isScheduled, `files would still be copied onto ${primary.name}`],
]

const filesFollow: Goal = ({ primary, standby }) => [
  [primary.fileRole === 'primary', `${primary.name} says of its files that it is “${primary.fileRole}”`],
  [standby.fileRole === 'standby', `${standby.name} says of its files that it is “${standby.fileRole}”`],
  [standby.isScheduled, `${standby.name} has no schedule that copies files`],
]

const standbyServes: Goal = ({ standby }, before) => [
  [standby.isWritable, `${standby.name} is still in recovery, or does not answer`],
  [standby.writesRow, `no row can be written on ${standby.name}`],
  [
    standby.timeline > before.standby.timeline || before.standby.isWritable,
    `${standby.name} is on timeline ${standby.timeline}, as before`,
  ],
  [!standby.isScheduled, `files would still be copied onto ${standby.name}`],
]

const filesServe: Goal = ({ standby }) => [
  [standby.fileRole === 'primary', `${standby.name} says of its files that it is “${standby.fileRole}”`],
  [!standby.isScheduled, `files would still be copied onto ${standby.name}`],
]

/** Of a host that is off nothing can be seen, and nothing was to be done. */
const whereOn =
  (goal: Goal): Goal =>
  (shown, before) =>
    shown.primary.isOn ? goal(shown, before) : []

const staysDown: Goal = ({ primary }) => [
  [!primary.startsApplication, `the application of ${primary.name} would start at boot`],
]
const primaryFenced = whereOn((shown, before) => [
  [!shown.primary.isWritable, `${shown.primary.name} is still writable`],
  [shown.primary.startsReadOnly, `PostgreSQL on ${shown.primary.name} would start writable`],
  ...staysDown(shown, before),
])
const filesFenced = whereOn((shown, before) => [
  [
    shown.primary.fileRole === 'former',
    `${shown.primary.name} says of its files that it is “${shown.primary.fileRole}”`,
  ],
  ...staysDown(shown, before),
])

/** A pause says exactly what stands still, and the standby goes on receiving. */
const standbyPaused: Goal = ({ primary, standby }) => [
  [standby.isReplayPaused, `${standby.name} applies what it receives`],
  [!standby.isScheduled, `files are still copied to ${standby.name}`],
  [
    standby.streamsFrom === primary.address,
    `${standby.name} streams from “${standby.streamsFrom}”, not from ${primary.name}`,
  ],
]
const filesPaused: Goal = ({ standby }) => [
  [!standby.isScheduled, `files are still copied to ${standby.name}`],
]
/** Whatever is changed, the standby follows as before; what is changed shows the scenario itself. */
const standbyStays: Goal = ({ primary, standby }) => [
  [standby.isInRecovery, `${standby.name} is not in recovery`],
  [
    standby.streamsFrom === primary.address,
    `${standby.name} streams from “${standby.streamsFrom}”, not from ${primary.name}`,
  ],
]
const filesStay: Goal = ({ primary, standby }) => [
  [primary.fileRole === 'primary', `${primary.name} says of its files that it is “${primary.fileRole}”`],
  [standby.fileRole === 'standby', `${standby.name} says of its files that it is “${standby.fileRole}”`],
]
const replayGoesOn: Goal = ({ standby }) => [
  [!standby.isReplayPaused, `replay on ${standby.name} is still paused`],
]

const all =
  (...goals: readonly Goal[]): Goal =>
  (shown, before) =>
    goals.flatMap((goal) => goal(shown, before))

/** The primary serves as before, and nothing comes from it any more to the host that was its standby. */
const letGo: Goal = ({ primary, standby }, before) => [
  [
    !primary.isOn || primary.isWritable || !before.primary.isWritable,
    `${primary.name} does not serve any more`,
  ],
  [standby.streamsFrom === '', `${standby.name} still streams from ${standby.streamsFrom}`],
  [!standby.isScheduled, `files would still be copied onto ${standby.name}`],
  [standby.fileRole === '', `${standby.name} says of its files that it is “${standby.fileRole}”`],
]

/** Both hosts in each other's role. */
const turned =
  (goal: Goal): Goal =>
  (shown, before) =>
    goal({ primary: shown.standby, standby: shown.primary }, before)
const rolesTurned = all(turned(standbyFollows), staysDown)
const filesTurned = all(turned(filesFollow), staysDown)

/** What each kind of operation is for, of a pair with its database and of files alone. A kind without an entry does not compile. */
const goalsOf: Readonly<Record<Operation['kind'], { readonly database: Goal; readonly files: Goal }>> = {
  create: { database: standbyFollows, files: filesFollow },
  // Without its database nothing of a pair replicates that could be recognised.
  adopt: { database: standbyStays, files: filesStay },
  promote: { database: all(standbyServes, primaryFenced), files: all(filesServe, filesFenced) },
  switchover: { database: all(standbyServes, rolesTurned), files: all(filesServe, filesTurned) },
  fence: { database: primaryFenced, files: filesFenced },
  're-pair': { database: standbyFollows, files: filesFollow },
  pause: { database: standbyPaused, files: filesPaused },
  'change-settings': { database: standbyStays, files: filesStay },
  resume: { database: all(standbyFollows, replayGoesOn), files: filesFollow },
  unpair: { database: letGo, files: letGo },
  // It leaves both hosts as they are; that nothing of it is left shows the scenario itself.
  drill: { database: standbyStays, files: filesStay },
  sync: { database: standbyFollows, files: filesFollow },
  'repair-files': { database: standbyFollows, files: filesFollow },
}

const byRole = ([primary, standby]: readonly HostState[]): Shown => {
  if (!primary || !standby) throw new Error('both hosts are looked at')
  return { primary, standby }
}

/** Rule 6, done means seen: an operation that says it has succeeded shows what it is for on the hosts themselves. */
export function findBrokenGoal(
  { kind, state }: Pick<Operation, 'kind' | 'state'>,
  {
    hasDatabase,
    now,
    before,
    isLeft = false,
  }: {
    hasDatabase: boolean
    now: readonly HostState[]
    before: readonly HostState[]
    /** What its plan lets fail did: then it is for what a promotion is. */
    isLeft?: boolean
  },
): readonly Broken[] {
  if (state !== 'succeeded') return []
  const goal = goalsOf[isLeft ? 'promote' : kind][hasDatabase ? 'database' : 'files']
  return goal(byRole(now), byRole(before)).flatMap(([isSo, sentence]) =>
    isSo ? [] : [{ rule: 6, sentence: `it says that it has succeeded, but ${sentence}` }],
  )
}

/** What an event says in words: a step's end, a note, an error. */
const wordsOf = (event: OperationEvent): string => {
  if ('sentence' in event) return event.sentence
  return 'error' in event ? event.error.message : ''
}

/** Rule 9, unknown is not down: a host that has lived all the time was neither called dead nor promoted over without a fence. */
export function findBrokenConclusion(
  now: readonly HostState[],
  before: readonly HostState[],
  { events, isApart }: { readonly events: readonly OperationEvent[]; readonly isApart: boolean },
): readonly Broken[] {
  const lived = now.filter((state, index) => state.isOn && before[index]?.isOn)
  const called = lived.flatMap(({ name }) => {
    const verdict = new RegExp(`\\b${name} (?:is|was|has) (?:dead|down|off|died|switched off)\\b`)
    const sentence = events.map(wordsOf).find((words) => verdict.test(words))
    return sentence === undefined
      ? []
      : [{ rule: 9, sentence: `${name} lives, and it was said: ${sentence}` }]
  })
  const [shown, was] = [byRole(now), byRole(before)]
  // Its own data from before the pair is another database.
  const isSameData = shown.standby.identifiers[0] === was.standby.identifiers[0]
  const isPromoted = shown.standby.isWritable && was.standby.isInRecovery && isSameData && !isApart
  const isUnfenced = lived.includes(shown.primary) && !shown.primary.startsReadOnly
  return isPromoted && isUnfenced
    ? [
        ...called,
        {
          rule: 9,
          sentence: `${shown.primary.name} lives unfenced, and ${shown.standby.name} was promoted over it`,
        },
      ]
    : called
}
