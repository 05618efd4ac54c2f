import { type Command, Option } from 'commander'
import { withDataOptions } from '@/cli/environment-options'
import { exitCodeOfState, exitCodes, worstExitCode } from '@/cli/exit-codes'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print, writeOut } from '@/cli/output'
import { pairStatusText } from '@/cli/pair-status-text'
import { pairsText } from '@/cli/pairs-text'
import { roleOfHost } from '@/cli/role-of-host'
import type { Role } from '@/lib/domain/pair'
import { printSeedStatus, seedStatusOf } from '@/lib/domain/seed-status'
import type { PairView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'
import { listPairs } from '@/lib/services/pairs/list-pairs'
import { readPair } from '@/lib/services/pairs/read-pair'

type StatusFlags = Flags & {
  readonly pair?: string
  readonly host?: string
  readonly output: OutputFormat
  readonly format?: 'seed'
}

const exitCodesHelp = `
Exit codes: 0 protected, 3 degraded, 4 unprotected or broken, 6 unknown; 1 failed, 2 wrong usage.`

/** `understudy status`: one pair in full, or all in a line each. */
export function addStatus(command: Command): void {
  withDataOptions(command)
    .option('--pair <name>', 'the pair; not needed where there is only one')
    .option('--host <host>', 'only this host: primary, standby or its name')
    .addOption(outputOption())
    .addOption(
      new Option('--format <format>', 'seed: the text of “setup_warm_standby --status” for --host').choices([
        'seed',
      ]),
    )
    .addHelpText('after', exitCodesHelp)
    .action((flags: StatusFlags) => withSession(hostless(flags), ({ context }) => showStatus(context, flags)))
}

/** Here `--host` is a host of the pair, not the address to listen on. */
const hostless = ({ dataDir, logLevel }: Flags): Flags => ({ dataDir, logLevel })

async function showStatus(context: ServiceContext, flags: StatusFlags): Promise<void> {
  const view = await findView(context, flags.pair)
  if (view === null) {
    if (flags.format === 'seed' || flags.host !== undefined)
      throw new AppError('INVALID_INPUT', 'There are several pairs: say which one.', {
        fix: 'Give --pair NAME.',
      })
    const views = await listPairs(context)
    print(views, flags.output, pairsText)
    process.exitCode = worstExitCode(views.map(({ verdict }) => verdict?.state ?? null))
    return
  }
  const role = flags.host === undefined ? null : roleOfHost(view, flags.host)
  if (flags.format === 'seed') writeOut(seedText(context, view, role))
  else
    print(role === null ? view : oneHost(view, role), flags.output, () =>
      pairStatusText(view, context.clock.now(), role),
    )
  process.exitCode = view.verdict ? exitCodeOfState[view.verdict.state] : exitCodes.unknown
}

/** The named pair, or the only one; null where there are several and none was named. */
async function findView(context: ServiceContext, slug: string | undefined): Promise<PairView | null> {
  if (slug !== undefined) return readPair(context, { slug })
  const [first, ...rest] = await listPairs(context)
  if (!first)
    throw new AppError('NOT_FOUND', 'There is no pair yet.', {
      fix: 'Make one with “understudy create”, or in the browser.',
    })
  return rest.length > 0 ? null : first
}

const oneHost = (view: PairView, role: Role) => ({
  pair: view.pair.slug,
  role,
  host: view.hosts[role],
  observation: view.observation?.hosts[role] ?? null,
  verdict: view.verdict,
})

function seedText({ profiles }: ServiceContext, view: PairView, role: Role | null): string {
  if (role === null)
    throw new AppError('INVALID_INPUT', 'The seed’s text is about one host.', {
      fix: 'Give --host primary or --host standby.',
    })
  const status = seedStatusOf(view, role)
  if (status) return printSeedStatus(status, profiles.get(view.pair.profileId)?.seedName ?? 'Application')
  const host = view.observation?.hosts[role]
  const why =
    host && !host.machine.seen
      ? host.machine.why
      : host && !host.server.seen && view.pair.scope.database
        ? host.server.why
        : null
  if (host && !why)
    throw new AppError(
      'PRECONDITION_FAILED',
      `${view.hosts[role].name} does not say which role it has for the files.`,
      {
        fix: 'Look at the pair’s page: it says what to do.',
      },
    )
  throw why
    ? new AppError(why.code, why.message, { fix: why.fix })
    : new AppError('STORE_UNAVAILABLE', 'Nobody has looked at the hosts yet.', {
        fix: 'Start the dashboard’s worker and try again.',
      })
}
