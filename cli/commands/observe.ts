import type { Command } from 'commander'
import { confirmOrStop } from '@/cli/ask'
import { findProfile } from '@/cli/commands/plan-flags'
import { withDataOptions } from '@/cli/environment-options'
import { findHostByName } from '@/cli/find-host'
import { foundText, observedText } from '@/cli/found-text'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print, writeNote } from '@/cli/output'
import { refuseBlocked } from '@/cli/refuse-blocked'
import type { FoundInput } from '@/lib/domain/inputs'
import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'
import { findReplication } from '@/lib/services/observe/find-replication'
import { lookAgain } from '@/lib/services/observe/look-again'
import { observePair } from '@/lib/services/observe/observe-pair'
import { readPair } from '@/lib/services/pairs/read-pair'

type ObserveFlags = Flags & {
  readonly profile?: string
  readonly primary?: string
  readonly standby?: string
  readonly without: readonly string[]
  readonly again?: boolean
  readonly yes?: boolean
  readonly output: OutputFormat
}

const help = `
Two hosts that replicate already are looked at, and nothing is changed on them. What is found is printed with what it was recognised by. With a name
they are kept as a pair that is only observed: it is watched like any other, and “understudy adopt” takes it over. Without a name they are only looked
at. With --again a pair that is observed already is looked at anew.`

/** `understudy observe`: a pair that somebody else made is recognised, and watched without changing anything. */
export function addObserve(command: Command): void {
  withDataOptions(command.argument('[pair]', 'the name that it is to have here'))
    .option('--profile <id>', 'what application it is, e.g. generic-debian')
    .option('--primary <host>', 'the registered host that accepts writes')
    .option('--standby <host>', 'the registered host that follows it')
    .option(
      '--without <directory>',
      'a directory that is copied and no part of the pair; repeatable',
      (value: string, known: readonly string[]) => [...known, value],
      [],
    )
    .option('--again', 'look anew at a pair that is observed')
    .option('--yes', 'do not ask once it was printed what was found')
    .addOption(outputOption())
    .addHelpText('after', help)
    .action((slug: string | undefined, flags: ObserveFlags) =>
      withSession(flags, ({ context }) =>
        flags.again ? again(context, slug, flags) : observe(context, slug, flags),
      ),
    )
}

async function again(context: ServiceContext, slug: string | undefined, flags: ObserveFlags): Promise<void> {
  if (slug === undefined) throw missing('the pair')
  await lookAgain(context, { slug, without: flags.without.length > 0 ? flags.without : null })
  const { adoption } = (await readPair(context, { slug })).pair
  if (adoption) print(adoption, flags.output, observedText)
}

const missing = (what: string) =>
  new AppError('INVALID_INPUT', `It is not said what ${what} is.`, {
    fix: 'Give --profile, --primary and --standby; or the name of an observed pair with --again.',
  })

async function hostsOf(
  context: ServiceContext,
  { profile, primary, standby }: ObserveFlags,
): Promise<FoundInput> {
  if (profile === undefined) throw missing('the profile')
  if (primary === undefined) throw missing('the primary')
  if (standby === undefined) throw missing('the standby')
  const { id } = await findProfile(context, profile)
  const hosts = {
    primary: (await findHostByName(context, primary)).id,
    standby: (await findHostByName(context, standby)).id,
  }
  return { profileId: id, hosts }
}

async function observe(
  context: ServiceContext,
  slug: string | undefined,
  flags: ObserveFlags,
): Promise<void> {
  const input = await hostsOf(context, flags)
  const seen = await findReplication(context, input)
  print(seen, flags.output, foundText)
  refuseBlocked(seen, [], context)
  if (slug === undefined) return
  await confirmOrStop(`Keep ${flags.primary} and ${flags.standby} as the observed pair ${slug}?`, {
    yes: flags.yes === true,
  })
  await observePair(context, { ...input, slug, without: flags.without })
  writeNote(`${slug} is observed: nothing on its hosts was changed. “understudy adopt” takes it over.`)
}
