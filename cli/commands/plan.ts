import type { Command } from 'commander'
import { type CreateFlags, toCreateInput, withCreateOptions } from '@/cli/commands/plan-flags'
import { withDataOptions } from '@/cli/environment-options'
import { exitCodes } from '@/cli/exit-codes'
import { withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print, writeOut } from '@/cli/output'
import { type PairCommand, type PairFlags, readPlan, textOfPlan, withPairOption } from '@/cli/pair-command'
import { pairCommands } from '@/cli/pair-commands'
import { planText } from '@/cli/plan-text'
import { buildRunbook } from '@/lib/domain/operation-report'
import type { Role } from '@/lib/domain/pair'
import { pairOperationKinds } from '@/lib/domain/pair-operations'
import { planHostNames } from '@/lib/domain/plan-host-names'
import { isBlocking } from '@/lib/domain/preflight'
import type { PlanView } from '@/lib/domain/views'
import { planCreate } from '@/lib/services/create/plan-create'

type Output = { readonly output: OutputFormat }
type Runbook = { readonly runbook?: boolean }

const runbookFlag = ['--runbook', 'as a runbook in Markdown: what a person would do by hand'] as const

/** `understudy plan`: what an operation would do, and whether it could; nothing is changed. */
export function addPlan(plan: Command): void {
  withCreateOptions(
    withDataOptions(plan.command('create <pair>').description('what making a standby would do')),
  )
    .addOption(outputOption())
    .option(...runbookFlag)
    .action((slug: string, flags: CreateFlags & Output & Runbook) =>
      withSession(flags, async ({ context }) => {
        const shown = await planCreate(context, await toCreateInput(context, slug, flags))
        const names = { primary: flags.primary, standby: flags.standby }
        if (flags.runbook) printRunbook(shown, slug, names)
        else printPlan(shown, flags.output, () => planText(shown, names))
      }),
    )
  for (const operation of pairOperationKinds) addPlanOnPair(plan, pairCommands[operation])
}

function addPlanOnPair(plan: Command, given: PairCommand): void {
  const { withOptions = (same: Command) => same } = given
  withOptions(withPairOption(plan.command(given.operation).description(given.about)))
    .addOption(outputOption())
    .option(...runbookFlag)
    .action((flags: PairFlags & Output & Runbook) =>
      withSession(flags, async ({ context }) => {
        const { slug, view, shown } = await readPlan(context, given, flags)
        if (flags.runbook) printRunbook(shown, slug, planHostNames(view, shown.plan))
        else printPlan(shown, flags.output, () => textOfPlan(given, view, shown))
      }),
    )
}

function printRunbook({ plan, checks }: PlanView, slug: string, names: Readonly<Record<Role, string>>): void {
  writeOut(buildRunbook(plan, slug, names))
  process.exitCode = isBlocking(checks) ? exitCodes.failed : exitCodes.fine
}

/** Exit code 1 where a check keeps the plan from running. */
function printPlan(shown: PlanView, format: OutputFormat, toText: () => string): void {
  print(shown, format, toText)
  process.exitCode = isBlocking(shown.checks) ? exitCodes.failed : exitCodes.fine
}
