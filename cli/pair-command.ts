import type { Command } from 'commander'
import { findSlug, withOverrideOption } from '@/cli/commands/plan-flags'
import { confirmAndFollow } from '@/cli/confirm-and-follow'
import { withDataOptions } from '@/cli/environment-options'
import { type Flags, withSession } from '@/cli/open-session'
import { writeOut } from '@/cli/output'
import { planText } from '@/cli/plan-text'
import { readAcknowledgement } from '@/cli/read-acknowledgement'
import { refuseBlocked, toOverrides } from '@/cli/refuse-blocked'
import type { PairOperationKind } from '@/lib/domain/pair-operations'
import { planHostNames } from '@/lib/domain/plan-host-names'
import type { PairView, PlanView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'
import { readPair } from '@/lib/services/pairs/read-pair'

export type PairFlags = Flags & { readonly pair?: string }
type StartFlags = PairFlags & {
  readonly reason: string
  readonly override: readonly string[]
  readonly yes?: boolean
  readonly detach?: boolean
  /** By the option's name in camel case: the words that the plan asks for. */
  readonly [option: string]: unknown
}

/** What options may be read from beside the flags. */
export type CommandGround = { readonly view: PairView; readonly context: ServiceContext }

/** How an operation on a pair is asked for on the command line; what is not said here is the same for all of them. */
export type PairCommand = {
  readonly operation: PairOperationKind
  /** What its plan would tell, for the help of `understudy plan`. */
  readonly about: string
  readonly question: (view: PairView) => string
  /** What is printed before anything is asked; the plan alone where nothing is said. */
  readonly textOf?: (view: PairView, shown: PlanView) => string
  /** How the words that a plan may ask for are given; `--type-words` where left out. `--yes` never stands in for them. */
  readonly words?: { readonly option: string; readonly key: string; readonly missing: string }
  readonly help?: string
  /** Adds the flags of what can be chosen, and reads them. */
  readonly withOptions?: (command: Command) => Command
  readonly toOptions?: (
    flags: PairFlags & Readonly<Record<string, unknown>>,
    ground: CommandGround,
  ) => object | Promise<object>
}

const typeWords = {
  option: '--type-words',
  key: 'typeWords',
  missing: 'The plan asks for words, and nobody has typed them.',
}

export const withPairOption = (command: Command): Command =>
  withDataOptions(command).option('--pair <name>', 'the pair; not needed where there is only one')

/** The plan of the operation with the pair that it is for. */
export async function readPlan(context: ServiceContext, given: PairCommand, flags: PairFlags) {
  const slug = await findSlug(context, flags.pair)
  const view = await readPair(context, { slug })
  const options = (await given.toOptions?.({ ...flags }, { view, context })) ?? {}
  const shown = await planPairOperation(context, { slug, operation: given.operation, options })
  return { slug, options, view, shown }
}

export const textOfPlan = (given: PairCommand, view: PairView, shown: PlanView): string =>
  given.textOf?.(view, shown) ?? planText(shown, planHostNames(view, shown.plan))

/** Shows the plan, takes the words that it asks for, asks, starts and follows. */
export const addPairCommand =
  (given: PairCommand) =>
  (command: Command): void => {
    const { withOptions = (same: Command) => same, words = typeWords, help = '' } = given
    withOptions(withOverrideOption(withPairOption(command)))
      .requiredOption('--reason <text>', 'why, for the record')
      .option(`${words.option} <words>`, 'the words that the plan asks for')
      .option('--yes', 'do not ask once the plan was printed')
      .option('--detach', 'start it and do not follow')
      .addHelpText('after', help)
      .action((flags: StartFlags) => withSession(flags, ({ context }) => start(context, given, flags)))
  }

async function start(context: ServiceContext, given: PairCommand, flags: StartFlags): Promise<void> {
  const overrides = toOverrides(flags.override)
  const { slug, options, view, shown } = await readPlan(context, given, flags)
  writeOut(textOfPlan(given, view, shown))
  refuseBlocked(shown, overrides, context)
  const { words = typeWords } = given
  const typed = flags[words.key]
  const acknowledgement = await readAcknowledgement(
    shown.plan.acknowledgement,
    typeof typed === 'string' ? typed : undefined,
    words,
  )
  await confirmAndFollow(context, given.question(view), flags, () =>
    startPairOperation(context, {
      slug,
      operation: given.operation,
      options,
      acknowledgement,
      reason: flags.reason,
      idempotencyKey: crypto.randomUUID(),
      shown: shown.shown,
      overrides,
    }),
  )
}
