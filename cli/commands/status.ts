import { type Command, Option } from 'commander'
import { withDataOptions } from '@/cli/environment-options'
import { exitCodeOfState, exitCodes, worstExitCode } from '@/cli/exit-codes'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print, writeOut } from '@/cli/output'
import { pairStatusText } from '@/cli/pair-status-text'
import { pairsText } from '@/cli/pairs-text'
import { printError } from '@/cli/print-error'
import { roleOfHost } from '@/cli/role-of-host'
import { isInNoPair, notConfiguredText, seedText, whyNotLooked } from '@/cli/seed-text'
import type { Role } from '@/lib/domain/pair'
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
  const { pair, host, format, output } = flags
  const views = pair === undefined ? await listPairs(context) : [await readPair(context, { slug: pair })]
  if (format === 'seed' && pair === undefined && host !== undefined)
    if (await isInNoPair(context, views, host)) {
      writeOut(notConfiguredText())
      process.exitCode = exitCodeOfState.unpaired
      return
    }
  const [view, ...others] = views
  if (!view)
    throw new AppError('NOT_FOUND', 'There is no pair yet.', {
      fix: 'Make one with “understudy create”, or in the browser.',
    })
  if (others.length === 0) showPair(context, view, flags)
  else if (format === 'seed' || host !== undefined)
    throw new AppError('INVALID_INPUT', 'There are several pairs: say which one.', {
      fix: 'Give --pair NAME.',
    })
  else {
    print(views, output, pairsText)
    process.exitCode = worstExitCode(views.map(({ verdict }) => verdict?.state ?? null))
  }
}

function showPair(context: ServiceContext, view: PairView, { host, format, output }: StatusFlags): void {
  const now = context.clock.now()
  const role = host === undefined ? null : roleOfHost(view, host)
  process.exitCode = view.verdict ? exitCodeOfState[view.verdict.state] : exitCodes.unknown
  if (format !== 'seed') {
    const shown = role === null ? view : oneHost(view, role)
    print(shown, output, () => pairStatusText(view, now, role))
    return
  }
  if (role === null)
    throw new AppError('INVALID_INPUT', 'The seed’s text is about one host.', {
      fix: 'Give --host primary or --host standby.',
    })
  const notLooked = whyNotLooked(view, now)
  if (notLooked) {
    printError(notLooked)
    process.exitCode = exitCodes.unknown
  } else writeOut(seedText(context, view, role))
}

const oneHost = (view: PairView, role: Role) => ({
  pair: view.pair.slug,
  role,
  host: view.hosts[role],
  observation: view.observation?.hosts[role] ?? null,
  verdict: view.verdict,
})
