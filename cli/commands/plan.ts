import type { Command } from 'commander'
import { fenceNames } from '@/cli/commands/fence'
import { type CreateFlags, findSlug, toCreateInput, withCreateOptions } from '@/cli/commands/plan-flags'
import { promotionText } from '@/cli/commands/promote'
import { withDataOptions } from '@/cli/environment-options'
import { exitCodes } from '@/cli/exit-codes'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print, writeOut } from '@/cli/output'
import { planText } from '@/cli/plan-text'
import { buildRunbook } from '@/lib/domain/operation-report'
import type { Role } from '@/lib/domain/pair'
import { isBlocking } from '@/lib/domain/preflight'
import type { PlanView } from '@/lib/domain/views'
import { planCreate } from '@/lib/services/create/plan-create'
import { planFence } from '@/lib/services/fence/plan-fence'
import { readPair } from '@/lib/services/pairs/read-pair'
import { planPromote } from '@/lib/services/promote/plan-promote'

type Output = { readonly output: OutputFormat }
type Runbook = { readonly runbook?: boolean }
type PairFlags = Flags & Output & Runbook & { pair?: string }

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
  withPairOptions(plan.command('promote').description('what a promotion would do, and lose')).action(
    (flags: PairFlags) =>
      withSession(flags, async ({ context }) => {
        const slug = await findSlug(context, flags.pair)
        const [view, shown] = [await readPair(context, { slug }), await planPromote(context, { slug })]
        const names = { primary: view.hosts.primary.name, standby: view.hosts.standby.name }
        if (flags.runbook) printRunbook(shown, slug, names)
        else printPlan(shown, flags.output, () => promotionText(view, shown))
      }),
  )
  withPairOptions(
    plan.command('fence').description('what keeping a former primary from writing would do'),
  ).action((flags: PairFlags) =>
    withSession(flags, async ({ context }) => {
      const slug = await findSlug(context, flags.pair)
      const [view, shown] = [await readPair(context, { slug }), await planFence(context, { slug })]
      const names = fenceNames(view)
      if (flags.runbook) printRunbook(shown, slug, names)
      else printPlan(shown, flags.output, () => planText(shown, names))
    }),
  )
}

const withPairOptions = (command: Command): Command =>
  withDataOptions(command)
    .option('--pair <name>', 'the pair; not needed where there is only one')
    .addOption(outputOption())
    .option(...runbookFlag)

function printRunbook({ plan, checks }: PlanView, slug: string, names: Readonly<Record<Role, string>>): void {
  writeOut(buildRunbook(plan, slug, names))
  process.exitCode = isBlocking(checks) ? exitCodes.failed : exitCodes.fine
}

/** Exit code 1 where a check keeps the plan from running. */
function printPlan(shown: PlanView, format: OutputFormat, toText: () => string): void {
  print(shown, format, toText)
  process.exitCode = isBlocking(shown.checks) ? exitCodes.failed : exitCodes.fine
}
