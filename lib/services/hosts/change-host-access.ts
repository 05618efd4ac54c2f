import type { Host } from '@/lib/domain/host'
import {
  accessClosedBy,
  afterAccessChange,
  isSameLogin,
  type Login,
  loginAfter,
} from '@/lib/domain/host-access'
import { type ChangeAccessInput, changeAccessInput } from '@/lib/domain/inputs'
import type { Pair } from '@/lib/domain/pair'
import { parseInput } from '@/lib/domain/parse-input'
import type { ChangedAccessView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import type { AccessTested } from '@/lib/ports/host-door'
import type { HostSecret, Repositories } from '@/lib/ports/store'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findHost } from '@/lib/services/find-or-throw'
import { findPairOf } from '@/lib/services/hosts/pair-of-host'
import { toHostSecret } from '@/lib/services/hosts/probe-access'
import { requireRole } from '@/lib/services/require-role'

/**
 * Changes how a registered host is reached: address, port, user, and what proves who we are, each as given. It is signed in to that
 * way first, and must show the pinned key and be the same machine. Throws INVALID_INPUT, HOST_* as the sign-in ends, CONFLICT for
 * another machine or one that was changed meanwhile, PAIR_BUSY while an operation holds it, PRECONDITION_FAILED where a pair’s files are the old user’s own.
 */
export async function changeHostAccess(context: ServiceContext, given: unknown): Promise<ChangedAccessView> {
  await requireRole(context, 'administrator', 'host.change-access')
  const input = parseInput(changeAccessInput, given)
  const host = await findHost(context.store, input.hostId)
  return act(context, { action: 'host.change-access', subject: host.name }, async (commit) => {
    requireChange(host, input)
    await requireOpen(context.store, host, input)
    const secret = input.auth ? toHostSecret(input.auth) : await context.store.hosts.secret(host.id)
    const tested = await proveSameMachine(context, host, input, secret)
    const view = await commit(
      (repositories) => keep(repositories, host, input, { secret, tested }),
      changeSentence(host, input),
    )
    context.doors.drop(host.id)
    return view
  })
}

const authKindOf = ({ authKind }: Host, { auth }: ChangeAccessInput) => auth?.kind ?? authKind

function requireChange(host: Host, input: ChangeAccessInput): void {
  if (input.auth === null && isSameLogin(host, input))
    throw new AppError('INVALID_INPUT', `The access to ${host.name} would be what it is.`, {
      fix: 'Give another user, address or port, or another key or password.',
    })
}

/** Throws PAIR_BUSY where an operation does not let the access be changed. */
async function requireOpen(
  repositories: Pick<Repositories, 'pairs' | 'operations'>,
  host: Host,
  input: Login,
): Promise<Pair | null> {
  const pair = await findPairOf(repositories, host)
  const operation = pair && (await repositories.operations.current(pair.id))
  const reason = accessClosedBy(operation, pair?.slug ?? '', isSameLogin(host, input))
  if (reason !== null)
    throw new AppError('PAIR_BUSY', reason, { fix: 'Open the operation: it says what can be done with it.' })
  return pair
}

/** Signs in bound to the pinned key. Throws HOST_*, and CONFLICT unless the machine that answers is the registered one. */
async function proveSameMachine(
  { access }: ServiceContext,
  host: Host,
  input: ChangeAccessInput,
  secret: HostSecret,
): Promise<AccessTested> {
  const { address, port, user } = input
  const { name, hostKey, machineId } = host
  if (hostKey === null)
    throw new AppError('HOST_KEY_UNCONFIRMED', `The host key of ${name} was not confirmed yet.`, {
      fix: 'Compare its fingerprint and confirm it.',
    })
  const authKind = authKindOf(host, input)
  const tested = await access.testAccess({ name, address, port, user, authKind, secret, hostKey })
  if (tested.machineId !== machineId)
    throw new AppError(
      'CONFLICT',
      `What answers at ${address}, port ${port}, has the host key of ${name}, but is another machine.`,
      {
        fix: `Its machine-id is another one: a clone, or ${name} set up anew. Register it as a host of its own.`,
        detail: `machine-id ${tested.machineId}, registered ${machineId}`,
      },
    )
  return tested
}

/** Within the transaction: all that was looked at before the sign-in is looked at again, behind a lock. */
async function keep(
  repositories: Repositories,
  before: Host,
  input: ChangeAccessInput,
  { secret, tested }: { secret: HostSecret; tested: AccessTested },
): Promise<ChangedAccessView> {
  const current = await repositories.hosts.lock(before.id)
  if (current?.accessRevision !== before.accessRevision)
    throw new AppError('CONFLICT', `The access to ${before.name} was changed in the meantime.`, {
      fix: 'Look at the page of hosts, then change it again if it is still wrong.',
    })
  const { address, port, user } = input
  const pair = await requireOpen(repositories, before, input)
  const login = loginAfter(before, user, tested, pair)
  const authKind = authKindOf(before, input)
  const host = await repositories.hosts.setAccess(before.id, {
    address,
    port,
    user,
    authKind,
    ...login,
    secret,
  })
  return { host, notes: afterAccessChange(before, host, pair) }
}

const words = ({ user, address, port }: Login, authKind: string) =>
  `${user}@${address}:${port} by ${authKind}`

/** For the audit log: without any secret. */
const changeSentence = (host: Host, input: ChangeAccessInput): string =>
  `${words(host, host.authKind)} before, ${words(input, authKindOf(host, input))} now${
    input.auth === null || input.auth.kind === 'agent' ? '' : `, another ${secretWords[input.auth.kind]}`
  }`

const secretWords = { key: 'private key', password: 'password' } as const
