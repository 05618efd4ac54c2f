import { removeKit } from '@/lib/commands/break-glass/kit'
import { type Command, toPreview } from '@/lib/commands/command'
import { removeCrontabBlock } from '@/lib/commands/crontab'
import { removeFileRole } from '@/lib/commands/file-role'
import { forgetKeptAutoConf, keptAutoConfPath } from '@/lib/commands/kept-auto-conf'
import { findRemnants } from '@/lib/commands/pair-remnants'
import { removePassfile } from '@/lib/commands/password-file'
import type { Sync } from '@/lib/commands/sync'
import {
  findOwnAuthorization,
  removeAccessDirectory,
  removeAuthorization,
  removeKey,
} from '@/lib/commands/sync-access'
import { endCopies, removeRecords, removeRunner, removeSender } from '@/lib/commands/sync-runs'
import { removeAllMarks } from '@/lib/commands/sync-sources'
import { fileRoles } from '@/lib/domain/file-role'
import { type PairPlaces, pairPlaces } from '@/lib/domain/host-places'
import { otherRole, type Role } from '@/lib/domain/pair'
import { copiedOf } from '@/lib/domain/settings-change'
import { bootBlock } from '@/lib/operations/application-of'
import { changeCrontab, readCrontab } from '@/lib/operations/change-crontab'
import { markOf } from '@/lib/operations/context'
import type { Step } from '@/lib/operations/engine/step'
import { scheduleOf } from '@/lib/operations/schedule-of'
import { stepFailed } from '@/lib/operations/step-failed'
import { hasSync, syncOf } from '@/lib/operations/sync-of'
import { type UnpairBasis, type UnpairContext, wasStandby } from '@/lib/operations/unpair/basis'
import { onlyForward } from '@/lib/operations/unpair/steps/only-forward'

/** The file sync with this host as the one that pulls: a promotion may have turned it since it was set up there. */
function syncTo(basis: UnpairBasis, role: Role): Sync {
  const { hosts, layouts } = basis
  const from = hosts[otherRole(role)]
  return syncOf({
    ...basis,
    hosts: { primary: from, standby: hosts[role] },
    layouts: { standby: layouts[role] },
  })
}

/** What a standby that somebody else made keeps of what it followed by before, and what takes it away; null where there is none. */
function keptConf(
  basis: UnpairBasis,
  role: Role,
): { readonly path: string; readonly forget: Command } | null {
  const { created } = basis.facts
  const data = basis.layouts[role]?.dataDirectory
  if (created?.kind !== 'adopt' || data === undefined || !wasStandby(basis, role)) return null
  const mark = markOf(created.operationId)
  return { path: keptAutoConfPath(data, mark), forget: forgetKeptAutoConf(data, mark) }
}

/** The file sync's but for its schedule: what the host pulls by, and what it sends by. */
function syncRemovals({ hosts, pair }: UnpairBasis, role: Role, at: PairPlaces): readonly Command[] {
  const directories = copiedOf(pair)
  return [
    endCopies(
      at,
      directories.map(({ id }) => id),
    ),
    removeRunner(at),
    removeAuthorization(at, hosts[role].user),
    removeAccessDirectory(at),
    removeAllMarks(at, directories),
    removeSender(at),
    removeRecords(at),
    removeKey(at),
  ]
}

/**
 * Everything of the pair on the host but its schedule, its crontab and its notes of old data; each does nothing where there is nothing. Only
 * what a pair of this scope can have: nothing else may be done as root by rights that are written down.
 */
const removalsOf = (basis: UnpairBasis, role: Role, at: PairPlaces): readonly Command[] => [
  removeKit(at),
  ...(hasSync(basis) ? syncRemovals(basis, role, at) : []),
  ...(basis.pair.scope.database
    ? [removePassfile(at)]
    : fileRoles.map((fileRole) => removeFileRole(at, fileRole))),
]

/** Blocks of the login user's crontab; what starts the primary at boot stays: it is in service. */
const blocksOf = (slug: string, role: Role) => (role === 'standby' ? [slug, bootBlock(slug)] : [slug])

const withoutBlocks = (content: string, slug: string, role: Role) =>
  blocksOf(slug, role).reduce(removeCrontabBlock, content)

/** What of the pair is on the host still, each in words. */
async function listLeft(
  basis: UnpairBasis,
  role: Role,
  { doors }: UnpairContext,
): Promise<readonly string[]> {
  const { hosts, pair } = basis
  const { user } = hosts[role]
  const { slug } = pair
  const door = doors[role]
  const at = pairPlaces(hosts[role], slug)
  const { stdout } = await door.runOrThrow(
    findRemnants(at, { database: pair.scope.database, files: hasSync(basis) }),
    { timeoutMs: 15_000 },
  )
  const kept = keptConf(basis, role)?.path ?? null
  const isKept = kept !== null && (await door.readFile(kept, 'database-owner')) !== null
  const isLetIn = (await door.run(findOwnAuthorization(at, user), { timeoutMs: 15_000 })).exitCode === 0
  const crontab = at.keeper === 'login' ? await readCrontab(door) : ''
  return [
    ...stdout.split('\n').filter((path) => path !== ''),
    ...(isKept ? [kept] : []),
    ...(isLetIn ? [`a line in authorized_keys of ${user}`] : []),
    ...(withoutBlocks(crontab, slug, role) === crontab ? [] : [`a block in the crontab of ${user}`]),
  ]
}

/** Files, key, password, programs, schedule and marks that the pair put on a host. */
export function removeFiles(basis: UnpairBasis, role: Role): Step<UnpairContext> {
  const { hosts, pair } = basis
  const { name } = hosts[role]
  const { slug } = pair
  const at = pairPlaces(hosts[role], slug)
  const schedule = hasSync(basis) ? scheduleOf(syncTo(basis, role)) : null
  const kept = keptConf(basis, role)
  const removals = [...removalsOf(basis, role, at), ...(kept ? [kept.forget] : [])]
  return {
    planned: {
      ...onlyForward,
      id: `${role}-files`,
      title: `Remove what the pair has put on ${name}`,
      host: role,
      preview: [
        ...(schedule
          ? [{ kind: 'note' as const, text: `The schedule of the file sync: ${schedule.where}.` }]
          : []),
        ...removals.map((command) => ({ kind: 'command' as const, text: toPreview(command) })),
      ],
      attemptsMax: 3,
    },
    async check(context) {
      return (await listLeft(basis, role, context)).length === 0
        ? { done: true, sentence: `Nothing of the pair is on ${name}.` }
        : { done: false }
    },
    async run({ doors }) {
      const door = doors[role]
      await schedule?.remove(door)
      if (at.keeper === 'login') await changeCrontab(door, (content) => withoutBlocks(content, slug, role))
      for (const command of removals) await door.runOrThrow(command, { timeoutMs: 60_000 })
    },
    async verify(context) {
      const left = await listLeft(basis, role, context)
      if (left.length > 0)
        throw stepFailed(
          `Something of the pair is still on ${name}: ${left.join(', ')}.`,
          'See who holds it or writes it anew, then resume.',
        )
      return `Nothing of the pair is on ${name} but its logs and the notes of data that was put aside.`
    },
  }
}
