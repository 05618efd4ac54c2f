import { isOnlyObserved } from '@/lib/domain/adopt/adoption'
import type { Host } from '@/lib/domain/host'
import type { Operation } from '@/lib/domain/operation'
import { isInFlight } from '@/lib/domain/operation-state'
import { otherRole, type Pair, type Role } from '@/lib/domain/pair'
import { AppError, hasCode } from '@/lib/errors'

/** Where a host is signed in to, and as whom: all of its access but how it is proved. */
export type Login = Pick<Host, 'address' | 'port' | 'user'>

export const isSameLogin = (one: Login, other: Login): boolean =>
  one.address === other.address && one.port === other.port && one.user === other.user

/**
 * Why an operation does not let the access to its hosts be changed; null where it does. What it does on a host it does as the login
 * that its plan shows. One that stands needs a key or a password that is right before it can go on or be undone: those can be replaced.
 */
export function accessClosedBy(
  operation: Pick<Operation, 'kind' | 'state'> | null,
  slug: string,
  isLoginKept: boolean,
): string | null {
  if (operation === null) return null
  const { kind, state } = operation
  if (isInFlight(state)) return `The ${kind} operation of ${slug} is at work: let it end, or cancel it first.`
  return isLoginKept
    ? null
    : `The ${kind} operation of ${slug} has not ended: until it is resumed, undone or closed only the key or the password can be changed, not user, address or port.`
}

/** The pair that a host is in, as far as its access matters to it. */
export type PairOfHost = Pick<
  Pair,
  'slug' | 'hosts' | 'isPaired' | 'scope' | 'formerPrimary' | 'owed' | 'adoption'
>

/** Whether something on the hosts lies where the login's rights and home say. */
export const restsOnLogin = (pair: Pick<Pair, 'isPaired' | 'formerPrimary' | 'owed' | 'adoption'>): boolean =>
  (pair.isPaired && !isOnlyObserved(pair)) || pair.formerPrimary !== 'none' || pair.owed !== undefined

/**
 * What the login may do, and its home, once its access is changed. A pair rests on what they were: where root keeps its files
 * the new login needs sudo, rights for which may be written down later. Throws PRECONDITION_FAILED where a pair’s files are the old login’s own.
 */
export function loginAfter(
  before: Host,
  user: string,
  tested: Pick<Host, 'privilege' | 'home'>,
  pair: PairOfHost | null,
): Pick<Host, 'privilege' | 'home'> {
  const { privilege, home } = tested
  if (pair === null || !restsOnLogin(pair)) return { privilege, home }
  if (user === before.user) return { privilege: before.privilege, home: before.home }
  if (before.privilege === 'unprivileged')
    throw new AppError(
      'PRECONDITION_FAILED',
      `PostgreSQL and the files of ${pair.slug} on ${before.name} belong to ${before.user}, who may not become root: no other user can act for them.`,
      { fix: `Keep the user ${before.user}; its key, password, address and port can be changed.` },
    )
  return { privilege: privilege === 'root' ? 'root' : 'sudo', home }
}

/** What was set up on the hosts with the access as it was, and what an operator has to do about it: a sentence each. */
export function afterAccessChange(
  before: Host,
  after: Login & Pick<Host, 'privilege'>,
  pair: PairOfHost | null,
): readonly string[] {
  if (pair === null) return []
  const role = pair.hosts.primary === before.id ? 'primary' : 'standby'
  return [
    ...(after.user === before.user || after.privilege !== 'sudo'
      ? []
      : [rightsSentence(before, after, pair)]),
    ...(pair.isPaired && !isOnlyObserved(pair) ? setUpSentences(before, after, pair, role) : []),
  ]
}

const rotation = (slug: string) => `rotate the key of ${slug} (understudy rotate-key --pair ${slug})`

/** What still knows the old host key once another one is confirmed, and what an operator has to do about it. */
export function afterKeyChange(
  { id, name }: Pick<Host, 'id' | 'name'>,
  pair: PairOfHost | null,
): readonly string[] {
  if (pair === null || !pair.isPaired || isOnlyObserved(pair)) return []
  if (!pair.scope.files || pair.hosts.primary !== id) return []
  const { slug } = pair
  return [
    `The standby of ${slug} knows ${name} by the old key and copies no files from it: ${rotation(slug)}, which tells it the new one.`,
  ]
}

const rightsSentence = ({ name, user }: Host, after: Login, { slug }: PairOfHost) =>
  `What ${user} may do as root on ${name} for ${slug} is no right of ${after.user}: where rights are written down, install them again (understudy hosts sudoers ${name} --pair ${slug}).`

function setUpSentences(before: Host, after: Login, pair: PairOfHost, role: Role): readonly string[] {
  const { name, address, port, user } = before
  const { slug, scope } = pair
  const other = otherRole(role)
  const sentences: string[] = []
  if (after.address !== address && scope.database)
    sentences.push(
      role === 'primary'
        ? `The ${other} of ${slug} follows ${name} at ${address}: once ${name} has that address no more, change primary_conninfo and the password file on the ${other}.`
        : `The ${other} of ${slug} lets ${name} replicate from ${address} alone: once it comes from another address, change pg_hba.conf on the ${other}.`,
    )
  if (after.address !== address && scope.files)
    sentences.push(
      role === 'primary'
        ? `The file sync of ${slug} copies from ${name} at ${address}: once ${name} has that address no more, ${rotation(slug)}, which tells the ${other} the new one.`
        : `The file sync of ${slug} is let in on the ${other} from ${address} alone: once ${name} comes from another address, ${rotation(slug)}, which binds the new one to that.`,
    )
  if (role === 'standby' || !scope.files) return sentences
  if (after.port !== port)
    sentences.push(
      `The file sync of ${slug} reaches ${name} at port ${port}: once sshd listens there no more, ${rotation(slug)}, which tells the ${other} the new one.`,
    )
  if (after.user !== user)
    sentences.push(
      `The file sync of ${slug} signs in on ${name} as ${user}: leave that user its line in authorized_keys, or ${rotation(slug)}: then it signs in as ${after.user}.`,
    )
  return sentences
}

/** The same error; where a registered host refused the sign-in, with the place at which its access is changed. */
export function pointToAccess(error: AppError, hostName: string): AppError {
  if (!hasCode(error, 'HOST_AUTH_FAILED')) return error
  const { code, message, detail, cause } = error
  const fix = `${error.fix} Its access is changed on the page of hosts, or by “understudy hosts change-access ${hostName}”.`
  return new AppError(code, message, { fix, detail, cause })
}
