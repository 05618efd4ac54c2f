import type { LabHost } from '@/lab/lab-host'
import { parseHostLock } from '@/lib/domain/host-lock'
import type { Operation } from '@/lib/domain/operation'
import { isHolding } from '@/lib/domain/operation-state'
import { groundOfHost } from '@/test/matrix/grounds'
import type { HostState } from '@/test/matrix/host-state'
import { isMadeApart } from '@/test/matrix/made-apart'

/** The rules of all operations by their numbers in the design; what is broken, in a sentence. */
export type Broken = { readonly rule: number; readonly sentence: string }

/** As both hosts stood before the operation: the plan's primary, then its standby. */
export type Before = readonly HostState[]
type Now = readonly (readonly [now: HostState, before: HostState])[]

const roles = ['primary', 'standby'] as const

function writerRules(now: Now): Broken[] {
  const shared = (states: readonly HostState[]) => {
    const writable = states
      .filter(({ isWritable }) => isWritable)
      .map(({ identifiers }) => identifiers[0] ?? '?')
    return writable.length - new Set(writable).size
  }
  // A fence begins with two: what is counted is what we add.
  const added = shared(now.map(([state]) => state)) - shared(now.map(([, before]) => before))
  return added > 0 ? [{ rule: 1, sentence: 'two hosts write to the same database' }] : []
}

function dataRules([state, before]: Now[number]): Broken[] {
  if (!state.isOn) return []
  const lostFiles = before.ownFiles.filter((sum) => !state.ownFiles.includes(sum))
  const isSameData = state.identifiers[0] === before.identifiers[0]
  const hasLostRows = isSameData && state.rows !== null && before.rows !== null && state.rows < before.rows
  return [
    ...before.identifiers
      .filter((identifier) => !state.identifiers.includes(identifier))
      .map((identifier) => ({ rule: 2, sentence: `${state.name} has lost its data ${identifier}` })),
    ...(lostFiles.length > 0
      ? [
          {
            rule: 2,
            sentence: `${state.name} has lost ${lostFiles.length} of ${before.ownFiles.length} files of before`,
          },
        ]
      : []),
    ...(hasLostRows
      ? [{ rule: 2, sentence: `${state.name} has rows up to ${state.rows}, and had up to ${before.rows}` }]
      : []),
  ]
}

/** Whether files come from there; of a pair without its database the host says it itself, whatever its own PostgreSQL does. */
const isSource = (state: HostState): boolean =>
  state.fileRole === '' ? state.isWritable : state.fileRole !== 'standby'

/**
 * Files flow only to a host that is not writable; a standby that is not one yet has its own identifier. Where somebody else made a
 * standby writable its schedule stands there, and its program copies nothing then.
 */
function fileRules(now: Now): Broken[] {
  const of = (identifier: string | undefined) =>
    now.filter(([{ identifiers }]) => identifiers[0] === identifier)
  return now.flatMap(([state, before]) => {
    const isOfPair = of(state.identifiers[0]).length > 1 || state.isScheduled
    const isOurs = state.isScheduled && !(before.isScheduled && isSource(before))
    const flows = isSource(state) && isOfPair && (isOurs || state.isCopying)
    return flows ? [{ rule: 3, sentence: `files may flow onto ${state.name}, which is writable` }] : []
  })
}

const machineRules = ([state, before]: Now[number]): Broken[] =>
  state.isOn && before.isOn && state.identity !== before.identity
    ? [{ rule: 4, sentence: `${state.name} is not the machine that it was` }]
    : []

const secretRules = (state: HostState, secrets: readonly string[]): Broken[] =>
  secrets
    .filter((secret) => state.commandLines.includes(secret))
    .map(() => ({
      rule: 7,
      sentence: `a secret stands in the argument list of a process on ${state.name}`,
    }))

/** An operation holds both hosts while it is not ended; one on which no step acts only where it answered when it was begun. */
function lockRules(now: Now, operation: Operation | null): Broken[] {
  if (operation === null) return []
  const acted = new Set(operation.plan.steps.map(({ host }) => host))
  return now.flatMap(([state], index): Broken[] => {
    const role = roles[index]
    if (!state.isOn || role === undefined) return []
    const lock = parseHostLock(state.lock)
    const holder = lock?.operationId ?? null
    const wanted = isHolding(operation.state) ? operation.id : null
    if (holder === null && !acted.has(role)) return []
    if (holder !== wanted)
      return [
        {
          rule: 8,
          sentence: `${state.name} is held by ${holder}, and should be by ${wanted} (${operation.state})`,
        },
      ]
    const says = lock === null || [lock.what, lock.by, lock.since, lock.from].every((text) => text !== '')
    return says
      ? []
      : [{ rule: 8, sentence: `the lock on ${state.name} does not say who, when, what and from where` }]
  })
}

/** Everything that must hold at every moment, whatever happened. */
export function findBroken(
  states: readonly HostState[],
  before: Before,
  given: { operation: Operation | null; secrets: readonly string[] },
): readonly Broken[] {
  const now = states.flatMap((state, index) => {
    const was = before[index]
    return was ? [[state, was] as const] : []
  })
  return [
    ...(given.operation && isMadeApart(given.operation) ? [] : writerRules(now)),
    ...now.flatMap(dataRules),
    ...fileRules(now),
    ...now.flatMap(machineRules),
    ...states.flatMap((state) => secretRules(state, given.secrets)),
    ...lockRules(now, given.operation),
  ]
}

const stepLine =
  /\] \[\d+\/\d+\] (.+?)(?:: (?:done|skipped|taken back|is taken back|FAILED).*| \(attempt.*)?$/gm

/** What the transcript on a host must say: the operation's end, and nothing that is not in its plan. `lines` are those of the operation. */
export function findBrokenTranscript(name: string, lines: string, operation: Operation): readonly Broken[] {
  const { kind, state, plan } = operation
  const isEnded = new RegExp(`== ${kind} of \\S+: ${state}$`, 'm').test(lines)
  const alien = [...lines.matchAll(stepLine)]
    .map((match) => match[1] ?? '')
    .filter((title) => !plan.steps.some((planned) => title.startsWith(planned.title)))
  return [
    ...(isEnded
      ? []
      : [{ rule: 12, sentence: `${name}: the transcript does not end with ${operation.state}` }]),
    ...(alien.length > 0 ? [{ rule: 10, sentence: `not in the plan: ${alien[0]}` }] : []),
  ]
}

/** What the report of an operation that has ended must say, and must not. */
export function findBrokenReport(
  report: string,
  operation: Operation,
  secrets: readonly string[],
): readonly Broken[] {
  const { reason, startedBy, plan } = operation
  const missing = [reason, startedBy, ...plan.steps.map(({ title }) => title)].filter(
    (text) => !report.includes(text),
  )
  return [
    ...missing.map((text) => ({ rule: 11, sentence: `the report does not say “${text}”` })),
    ...(secrets.some((secret) => report.includes(secret))
      ? [{ rule: 7, sentence: 'a secret stands in the report' }]
      : []),
  ]
}

/** At the end of an operation: nothing secret lies open, and its whole transcript stands on the hosts that it held. */
export async function findBrokenAtEnd(
  hosts: readonly LabHost[],
  operation: Operation,
  secrets: readonly string[],
): Promise<readonly Broken[]> {
  const acted = new Set(operation.plan.steps.map(({ host }) => host))
  const broken: Broken[] = []
  for (const [index, role] of roles.entries()) {
    const host = hosts[index]
    if (!host?.isOn() || !acted.has(role)) continue
    const { secretPlaces, transcript } = groundOfHost(host)
    for (const secret of secrets) {
      const open = await host.tryExec(
        `read -r s; grep -rlF -- "$s" ${secretPlaces.join(' ')} 2>/dev/null | while read -r f; do stat -c "%a %n" "$f"; done | grep -v "^600 "`,
        { input: `${secret}\n` },
      )
      if (open.stdout.trim() !== '')
        broken.push({ rule: 7, sentence: `${host.name}: a secret lies open: ${open.stdout.trim()}` })
    }
    const mark = operation.id.slice(0, 8)
    const { stdout } = await host.tryExec(`grep -F '[${mark} #' ${transcript}`)
    broken.push(...findBrokenTranscript(host.name, stdout, operation))
  }
  return broken
}
