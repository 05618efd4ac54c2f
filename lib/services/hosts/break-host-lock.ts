import { breakLock, lockExitCodes } from '@/lib/commands/host-lock'
import { breakLockWords, holderSentence } from '@/lib/domain/host-lock'
import { hostPlaces } from '@/lib/domain/host-places'
import { breakHostLockInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import { AppError } from '@/lib/errors'
import { isLeftBehind, readHostLock } from '@/lib/operations/host-locks'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findHost } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

/**
 * Breaks the lock that another dashboard left on a host and that nobody will ever take away: an administrator says so in typed
 * words. The lock must be the one that was seen (CONFLICT). One of our own is not broken here: its operation is ended instead.
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
    const isOurs = lock?.dashboardId === (await context.store.dashboard.identity())
    if (isOurs && !(await isLeftBehind(lock, context.store))) throw endItHere(host.name)
    const { exitCode } = await door.run(breakLock(lock, hostPlaces(host)), { timeoutMs: 15_000 })
    if (exitCode === lockExitCodes.held) throw otherLock(host.name)
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

const notBroken = (hostName: string, exitCode: number) =>
  new AppError('HOST_COMMAND_FAILED', `The lock of ${hostName} could not be taken away.`, {
    fix: 'See that its disk can be written, then try again.',
    detail: `exit code ${exitCode}`,
  })
