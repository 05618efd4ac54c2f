import type { Command } from 'commander'
import type { CommandGround, PairCommand, PairFlags } from '@/cli/pair-command'
import type { DirectorySetting, Pair } from '@/lib/domain/pair'
import { verificationOf } from '@/lib/domain/verification-setting'
import { AppError } from '@/lib/errors'
import { listProfiles } from '@/lib/services/list-profiles'

type Flags = PairFlags & {
  readonly walKeepSegments?: string
  readonly slotWalSegments?: string
  /** False with --no-slot. */
  readonly slot?: boolean
  readonly fenceReturned?: string
  readonly verifySchedule?: string
  readonly verifyDays?: string
  readonly verifyRate?: string
  /** False with --no-verify. */
  readonly verify?: boolean
  readonly schedule?: readonly string[]
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
  readonly files?: boolean
  readonly packages?: boolean
}

const gather = (value: string, known: readonly string[]): readonly string[] => [...known, value]

const withOptions = (command: Command): Command =>
  command
    .option('--wal-keep-segments <n>', 'WAL kept for a standby that is away')
    .option('--slot-wal-segments <n>', 'a replication slot that holds back this much WAL at most')
    .option('--no-slot', 'no replication slot any more')
    .option('--fence-returned <choice>', 'ask or automatic: a former primary that comes back writable')
    .option(
      '--schedule <directory=cron>',
      'another schedule, e.g. vault="*/5 * * * *"; repeatable',
      gather,
      [],
    )
    .option(
      '--add <directory>',
      'a directory of the profile that the pair leaves out; repeatable',
      gather,
      [],
    )
    .option(
      '--remove <directory>',
      'copy this directory no more; what is there stays; repeatable',
      gather,
      [],
    )
    .option('--verify-schedule <cron>', 'when copies are verified by checksum, by the standby’s clock')
    .option('--verify-days <n>', 'days until a directory is verified again')
    .option('--verify-rate <n>', 'megabytes a second that it reads at most')
    .option('--no-verify', 'verify no copies any more')
    .option('--files', 'copy the directories')
    .option('--no-files', 'copy no directory any more')
    .option('--packages', 'compare packages, and install what is missing on the standby')
    .option('--no-packages', 'ignore package updates')

const unknown = (what: string, id: string, known: readonly { readonly id: string }[]) =>
  new AppError('INVALID_INPUT', `${what} no directory “${id}”.`, {
    fix: known.length > 0 ? `It has: ${known.map((each) => each.id).join(', ')}.` : 'It has none.',
  })

/** The directories that the pair is to have. Throws INVALID_INPUT for one that there is not. */
function directoriesOf(
  has: readonly DirectorySetting[],
  ofProfile: readonly DirectorySetting[],
  { add = [], remove = [], schedule = [] }: Flags,
): readonly DirectorySetting[] {
  const find = (list: readonly DirectorySetting[], what: string, id: string) => {
    const found = list.find((each) => each.id === id)
    if (!found) throw unknown(what, id, list)
    return found
  }
  for (const id of remove) find(has, 'The pair has', id)
  const added = add.map((id) => find(ofProfile, 'The profile has', id))
  const all = [...has, ...added.filter(({ id }) => !has.some((each) => each.id === id))].filter(
    ({ id }) => !remove.includes(id),
  )
  const schedules = new Map(
    schedule.map((text) => {
      const [id = '', ...cron] = text.split('=')
      return [find(all, 'The pair would have', id).id, cron.join('=')] as const
    }),
  )
  return all.map((each) => ({ ...each, schedule: schedules.get(each.id) ?? each.schedule }))
}

/** How copies are verified; left out where it stays as by default. */
function verificationOfFlags({ slug, settings }: Pair, flags: Flags) {
  const { verifySchedule, verifyDays, verifyRate } = flags
  if (flags.verify === false) return { verification: null }
  const isNamed = [verifySchedule, verifyDays, verifyRate].some((flag) => flag !== undefined)
  if (!isNamed) return settings.verification === undefined ? {} : { verification: settings.verification }
  const before = verificationOf(settings.verification ?? undefined, slug)
  return {
    verification: {
      schedule: verifySchedule ?? before?.schedule,
      everyDays: verifyDays ?? before?.everyDays,
      megabytesPerSecond: verifyRate ?? before?.megabytesPerSecond,
    },
  }
}

/** The whole of the pair as it is to be: what no flag names stays. */
async function toOptions(flags: Flags, { view: { pair }, context }: CommandGround) {
  const { scope, settings } = pair
  const profile = (await listProfiles(context)).find(({ id }) => id === pair.profileId)
  return {
    scope: {
      ...scope,
      files: flags.files ?? scope.files,
      packages: flags.packages ?? scope.packages === true,
    },
    settings: {
      ...settings,
      walKeepSegments: flags.walKeepSegments ?? settings.walKeepSegments,
      slotWalSegments:
        flags.slot === false ? null : (flags.slotWalSegments ?? settings.slotWalSegments ?? null),
      fenceReturned: flags.fenceReturned ?? settings.fenceReturned ?? 'ask',
      ...verificationOfFlags(pair, flags),
      directories: directoriesOf(settings.directories, profile?.directories ?? [], flags),
    },
  }
}

/** `understudy change-settings`: retention, slot, directories, schedules and scope of a pair that lives. */
export const changeSettingsCommand: PairCommand = {
  operation: 'change-settings',
  about: 'what changing a pair’s settings would do',
  question: (view) => `Change the settings of ${view.pair.slug}?`,
  withOptions,
  toOptions,
  help: `
What no flag names stays as it is. The pair is not made anew: only what changes is done, and undone if it fails. Whether the
database belongs to the pair is not changed while it lives.`,
}
