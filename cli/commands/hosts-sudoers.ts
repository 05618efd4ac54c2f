import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { confirmOrStop } from '@/cli/ask'
import { type CreateFlags, findSlug, toCreateInput, withPartOptions } from '@/cli/commands/plan-flags'
import { withDataOptions } from '@/cli/environment-options'
import { findHostByName } from '@/cli/find-host'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print, writeNote } from '@/cli/output'
import type { Host } from '@/lib/domain/host'
import type { HostRightsView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'
import { installHostRights } from '@/lib/services/hosts/install-host-rights'
import { readHostRights } from '@/lib/services/hosts/read-host-rights'
import { removeHostRights } from '@/lib/services/hosts/remove-host-rights'

type SudoersFlags = Flags &
  Pick<
    CreateFlags,
    'database' | 'files' | 'packages' | 'ignoreDatabase' | 'ignoreVault' | 'schedule' | 'without'
  > & {
    readonly pair?: string
    readonly peer?: string
    readonly profile?: string
    readonly forPlan?: string
    readonly install?: boolean
    readonly remove?: boolean
    readonly yes?: boolean
    readonly output: OutputFormat
  }

const help = `
Prints a script that an administrator of the host runs there as root (visudo checks the fragment before it is put in place):
sudoers then permits one program, and that program only the commands that are written down for the pair.
--install runs this very script now, where the login may do so; --remove takes all of it away again.
For a change of settings: --for-plan FILE, before it is started and with the old rights replaced; once more without it afterwards.
For a pair that is not made yet: --pair NAME --peer HOST --profile ID, with the options of “understudy create”.`

/** `understudy hosts sudoers`: what a host's login needs as root for a pair, and nothing more. */
export function addHostsSudoers(hosts: Command): void {
  const command = hosts
    .command('sudoers <host>')
    .description('what the login needs as root for a pair: printed, installed or removed')
    .option('--pair <name>', 'the pair; may be left out where there is only one')
    .option('--peer <host>', 'the other host, of a pair that is not made yet')
    .option('--profile <id>', 'its profile, of a pair that is not made yet')
    .option(
      '--for-plan <file>',
      'for a change of settings: its plan, as “understudy plan change-settings -o json” prints it',
    )
    .option('--install', 'install it now, with the rights that the login has')
    .option('--remove', 'take it away')
    .option('--yes', 'do not ask')
    .addOption(outputOption())
    .addHelpText('after', help)
  withPartOptions(withDataOptions(command)).action((name: string, flags: SudoersFlags) =>
    withSession(flags, ({ context }) => sudoers(context, name, flags)),
  )
}

async function sudoers(context: ServiceContext, name: string, flags: SudoersFlags): Promise<void> {
  const host = await findHostByName(context, name)
  if (flags.install && flags.remove)
    throw new AppError('INVALID_INPUT', 'Give --install or --remove, not both.')
  const input = await toRightsInput(context, host, flags)
  if (flags.remove) return remove(context, host, input, flags)
  const view = await readHostRights(context, input)
  if (!flags.install) {
    writeNote(view.fix === '' ? view.sentence : `${view.sentence}\n-> ${view.fix}`)
    return print(view, flags.output, ({ installScript }: HostRightsView) => installScript)
  }
  await confirmOrStop(`Install on ${host.name} what this command prints without --install?`, {
    yes: flags.yes === true,
  })
  await installHostRights(context, input)
  writeNote(`The rights of ${view.slug} are installed on ${host.name}.`)
}

async function remove(
  context: ServiceContext,
  host: Host,
  input: unknown,
  flags: SudoersFlags,
): Promise<void> {
  await confirmOrStop(`Take away from ${host.name} what ${host.user} may do there as root for this pair?`, {
    yes: flags.yes === true,
  })
  await removeHostRights(context, input)
  writeNote(`The rights are removed from ${host.name}.`)
}

/** The settings that a plan is for. Throws INVALID_INPUT for a file that is no plan of a change. */
async function readWanted(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')).plan.facts.after
  } catch (error) {
    throw new AppError('INVALID_INPUT', `${file} is no plan of a change of settings.`, {
      fix: 'Write one: understudy plan change-settings -o json > change.json',
      detail: String(error),
    })
  }
}

async function toRightsInput(context: ServiceContext, host: Host, flags: SudoersFlags) {
  const { peer, profile, pair, forPlan } = flags
  if (forPlan !== undefined)
    return { hostId: host.id, slug: await findSlug(context, pair), wanted: await readWanted(forPlan) }
  if (peer === undefined && profile === undefined)
    return { hostId: host.id, slug: await findSlug(context, pair) }
  if (peer === undefined || profile === undefined || pair === undefined)
    throw new AppError(
      'INVALID_INPUT',
      'A pair that is not made yet needs a name, its other host and its profile.',
      {
        fix: 'Give --pair NAME --peer HOST --profile ID.',
      },
    )
  const create = await toCreateInput(context, pair, { ...flags, profile, primary: host.name, standby: peer })
  return { hostId: host.id, create }
}
