import type { Command } from 'commander'
import { type CreateFlags, findSlug, toCreateInput, withCreateOptions } from '@/cli/commands/plan-flags'
import { promotionText } from '@/cli/commands/promote'
import { withDataOptions } from '@/cli/environment-options'
import { exitCodes } from '@/cli/exit-codes'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print } from '@/cli/output'
import { planText } from '@/cli/plan-text'
import { isBlocking } from '@/lib/domain/preflight'
import type { PlanView } from '@/lib/domain/views'
import { planCreate } from '@/lib/services/create/plan-create'
import { readPair } from '@/lib/services/pairs/read-pair'
import { planPromote } from '@/lib/services/promote/plan-promote'

type Output = { readonly output: OutputFormat }

/** `understudy plan`: what an operation would do, and whether it could; nothing is changed. */
export function addPlan(plan: Command): void {
  withCreateOptions(
    withDataOptions(plan.command('create <pair>').description('what making a standby would do')),
  )
    .addOption(outputOption())
    .action((slug: string, flags: CreateFlags & Output) =>
      withSession(flags, async ({ context }) => {
        const shown = await planCreate(context, await toCreateInput(context, slug, flags))
        const names = { primary: flags.primary, standby: flags.standby }
        printPlan(shown, flags.output, () => planText(shown, names))
      }),
    )
  withDataOptions(plan.command('promote').description('what a promotion would do, and lose'))
    .option('--pair <name>', 'the pair; not needed where there is only one')
    .addOption(outputOption())
    .action((flags: Flags & Output & { pair?: string }) =>
      withSession(flags, async ({ context }) => {
        const slug = await findSlug(context, flags.pair)
        const [view, shown] = [await readPair(context, { slug }), await planPromote(context, { slug })]
        printPlan(shown, flags.output, () => promotionText(view, shown))
      }),
    )
}

/** Exit code 1 where a check keeps the plan from running. */
function printPlan(shown: PlanView, format: OutputFormat, toText: () => string): void {
  print(shown, format, toText)
  process.exitCode = isBlocking(shown.checks) ? exitCodes.failed : exitCodes.fine
}
