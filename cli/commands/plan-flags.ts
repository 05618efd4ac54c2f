import type { Command } from 'commander'
import { findHostByName } from '@/cli/find-host'
import type { Flags } from '@/cli/open-session'
import { type Scope, vaultId } from '@/lib/domain/pair'
import type { ProfileSummary } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'
import { listProfiles } from '@/lib/services/list-profiles'
import { listPairs } from '@/lib/services/pairs/list-pairs'

export type CreateFlags = Flags & {
  readonly profile: string
  readonly primary: string
  readonly standby: string
  readonly database: boolean
  readonly files: boolean
  readonly ignoreDatabase?: boolean
  readonly ignoreVault?: boolean
  readonly packages: boolean
  readonly ignorePackageUpdates?: boolean
  readonly walKeepSegments?: string
  readonly schedule: readonly string[]
  readonly without: readonly string[]
  readonly agreeRestart?: boolean
  readonly fenceReturned?: string
  readonly oldDataTo?: string
  readonly slotWalSegments?: string
}

const gather = (value: string, known: readonly string[]): readonly string[] => [...known, value]

/** For every command that starts an operation. */
export const withOverrideOption = (command: Command): Command =>
  command.option(
    '--override <check=reason>',
    'go on although this check fails, with the reason for the record; only where the plan says that it may be; repeatable',
    gather,
    [],
  )

/** Which parts of the application a pair has. */
export const withPartOptions = (command: Command): Command =>
  command
    .option('--no-database', 'leave the database out')
    .option('-d, --ignore-database', 'the same, as the seed family calls it')
    .option('--no-files', 'leave the directories out')
    .option(
      '--no-packages',
      'leave the packages that the profile names out: nothing is compared or installed',
    )
    .option('--ignore-package-updates', 'the same, as the seed family calls it')
    .option(
      '--schedule <directory=cron>',
      'another schedule for a directory, e.g. vault="*/5 * * * *"; repeatable',
      gather,
      [],
    )
    .option('--without <directory>', 'leave a directory of the profile out; repeatable', gather, [])
    .option('-t, --ignore-vault', 'the same as --without vault, as the seed family calls it')

/** What a pair is made of: the same flags for its plan and for making it. */
export const withCreateOptions = (command: Command): Command =>
  withPartOptions(command)
    .requiredOption('--profile <id>', 'what application it is, e.g. generic-debian')
    .requiredOption('--primary <host>', 'the registered host that stays primary')
    .requiredOption(
      '--standby <host>',
      'the registered host that becomes its standby; its database is put aside',
    )
    .option(
      '--wal-keep-segments <n>',
      'WAL kept for a standby that is away; the profile’s number where not given',
    )
    .option(
      '--fence-returned <choice>',
      'ask or automatic: whether the old primary is fenced by itself when it comes back writable after a promotion',
    )
    .option(
      '--slot-wal-segments <n>',
      'a replication slot that holds back this much WAL at most; no slot where not given',
    )
    .option(
      '--old-data-to <directory>',
      'where the standby’s old database is kept, on its file system; beside the new one where not given',
    )
    .option('--agree-restart', 'agree to a restart of the primary’s PostgreSQL where the checks ask for one')

/** The verb's input. Throws INVALID_INPUT for what the profile doesn't know, NOT_FOUND for a host. */
export async function toCreateInput(context: ServiceContext, slug: string, flags: CreateFlags) {
  const profile = await findProfile(context, flags.profile)
  const [primary, standby] = [
    await findHostByName(context, flags.primary),
    await findHostByName(context, flags.standby),
  ]
  return {
    slug,
    profileId: profile.id,
    hosts: { primary: primary.id, standby: standby.id },
    scope: toScope(flags),
    settings: {
      walKeepSegments: flags.walKeepSegments ?? profile.defaultWalKeepSegments,
      slotWalSegments: flags.slotWalSegments ?? null,
      directories: toDirectories(profile, flags),
      fenceReturned: flags.fenceReturned ?? 'ask',
    },
    agreeRestart: flags.agreeRestart === true,
    oldDataDirectory: flags.oldDataTo ?? null,
  }
}

/** Throws NOT_FOUND with those that there are. */
export async function findProfile(context: ServiceContext, id: string): Promise<ProfileSummary> {
  const profiles = await listProfiles(context)
  const found = profiles.find((profile) => profile.id === id)
  if (found) return found
  throw new AppError('NOT_FOUND', `There is no profile “${id}”.`, {
    fix: `There are: ${profiles.map((profile) => profile.id).join(', ')}.`,
  })
}

/** The scope that the flags name, by our words or by the seed family's. */
export const toScope = (flags: CreateFlags): Scope => ({
  database: flags.database && flags.ignoreDatabase !== true,
  files: flags.files,
  packages: flags.packages && flags.ignorePackageUpdates !== true,
})

/** The profile's directories without those that are left out. Throws INVALID_INPUT for one that it doesn't have. */
export function toDirectories(
  { directories }: Pick<ProfileSummary, 'directories'>,
  { schedule, without: named, ignoreVault }: CreateFlags,
) {
  const without = ignoreVault === true ? [...named, vaultId] : named
  const chosen = new Map(
    schedule.map((text) => {
      const [id = '', ...cron] = text.split('=')
      return [id, cron.join('=')] as const
    }),
  )
  for (const id of [...chosen.keys(), ...without])
    if (!directories.some((directory) => directory.id === id))
      throw new AppError('INVALID_INPUT', `The profile has no directory “${id}”.`, {
        fix: `It has: ${directories.map((directory) => directory.id).join(', ')}.`,
      })
  return directories
    .filter(({ id }) => !without.includes(id))
    .map((directory) => ({ ...directory, schedule: chosen.get(directory.id) ?? directory.schedule }))
}

/** The named pair, or the only one there is. */
export async function findSlug(context: ServiceContext, slug: string | undefined): Promise<string> {
  if (slug !== undefined) return slug
  const [first, ...rest] = await listPairs(context)
  if (first && rest.length === 0) return first.pair.slug
  throw first
    ? new AppError('INVALID_INPUT', 'There are several pairs: say which one.', { fix: 'Give --pair NAME.' })
    : new AppError('NOT_FOUND', 'There is no pair yet.', { fix: 'Make one with “understudy create”.' })
}
