import { breakLock, lockExitCodes } from '@/lib/commands/host-lock'
import { aliveSeconds, breakLockWords, holderSentence, lifeSentence } from '@/lib/domain/host-lock'
import { hostPlaces } from '@/lib/domain/host-places'
import { breakHostLockInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import { AppError } from '@/lib/errors'
import { readHostLock, standingOf } from '@/lib/operations/host-locks'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findHost } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

/**
 * Breaks the lock that another dashboard left on a host and that nobody will ever take away: an administrator says so in typed
 * words. The lock must be the one that was seen (CONFLICT). One whose dashboard is at work is not broken, whatever is typed, nor one
 * of our own, whose operation is ended instead (PRECONDITION_FAILED).
 */
export async function breakHostLock(context: ServiceContext, input: unknown): Promise<void> {
  await requireRole(context, 'administrator', 'host.break-lock')
  const { hostId, operationId, words } = parseInput(breakHostLockInput, input)
  const host = await findHost(context.store, hostId)
  await act(context, { action: 'host.break-lock', subject: host.name }, async (commit) => {
    if (words !== breakLockWords(host.name))
      throw new AppError('INVALID_INPUT', `Type “${breakLockWords(host.name)}” to break its lock.`, {
        fields: { words: 'These are not the words.' },
      })
    const door = context.doors.door(host)
    const found = await readHostLock(door, host)
    if (!found.isHeld) return commit(async () => undefined, 'there was none')
    const { lock } = found
    if ((lock?.operationId ?? null) !== operationId) throw otherLock(host.name)
    if ((await standingOf(lock, context.store)) === 'ours') throw endItHere(host.name)
    const { exitCode, stdout } = await door.run(breakLock(lock, hostPlaces(host)), { timeoutMs: 15_000 })
    if (exitCode === lockExitCodes.held) throw otherLock(host.name)
    if (exitCode === lockExitCodes.atWork) throw atWork(host.name, Number(stdout))
    if (exitCode !== 0) throw notBroken(host.name, exitCode)
    return commit(async () => undefined, holderSentence(host.name, lock))
  })
}

const otherLock = (hostName: string) =>
  new AppError('CONFLICT', `${hostName} is held by another operation than the one that you saw.`, {
    fix: 'Look at its lock again before you break it.',
  })

const endItHere = (hostName: string) =>
  new AppError('PRECONDITION_FAILED', `${hostName} is held by an operation of this dashboard.`, {
    fix: 'Open the operation to cancel, undo or close it: then it lets go of its hosts.',
  })

const atWork = (hostName: string, ageSeconds: number) =>
  new AppError(
    'PRECONDITION_FAILED',
    `The lock of ${hostName} can’t be broken while its operation is at work. ${lifeSentence(ageSeconds)}`,
    {
      fix: `Cancel the operation where it was started. Only if that dashboard is gone for ever, break the lock once it gave no sign of life for ${aliveSeconds} s.`,
    },
  )

const notBroken = (hostName: string, exitCode: number) =>
  new AppError('HOST_COMMAND_FAILED', `The lock of ${hostName} could not be taken away.`, {
    fix: 'See that its disk can be written, then try again.',
    detail: `exit code ${exitCode}`,
  })
