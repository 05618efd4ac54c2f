import type { Command } from 'commander'
import { confirmOrStop } from '@/cli/ask'
import { findSlug, withOverrideOption } from '@/cli/commands/plan-flags'
import { withDataOptions } from '@/cli/environment-options'
import { type Flags, withSession } from '@/cli/open-session'
import { followOperation } from '@/cli/operation/follow-operation'
import { writeNote, writeOut } from '@/cli/output'
import { planText } from '@/cli/plan-text'
import { readAcknowledgement } from '@/cli/read-acknowledgement'
import { refuseBlocked, toOverrides } from '@/cli/refuse-blocked'
import { lossLines } from '@/lib/domain/loss'
import type { PairView, PlanView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { readPair } from '@/lib/services/pairs/read-pair'
import { planPromote } from '@/lib/services/promote/plan-promote'
import { startPromote } from '@/lib/services/promote/start-promote'

type PromoteFlags = Flags & {
  readonly pair?: string
  readonly acceptLoss?: string
  readonly reason: string
  readonly override: readonly string[]
  readonly yes?: boolean
  readonly detach?: boolean
}

const lossHelp = `
What a promotion now would lose is said first. Where the plan asks for words under it, they are typed, or given with
--accept-loss "WORDS"; --yes never stands in for them.
Exit codes: 5 promoted, the old primary is not attached again (the pair is unprotected until it is re-paired); 1 refused or failed.`

/** `understudy promote`: the loss, the plan, the words, then the promotion. */
export function addPromote(command: Command): void {
  withOverrideOption(withDataOptions(command))
    .option('--pair <name>', 'the pair; not needed where there is only one')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--accept-loss <words>', 'the words that the plan asks for')
    .option('--yes', 'do not ask once the plan was printed')
    .option('--detach', 'start it and do not follow')
    .addHelpText('after', lossHelp)
    .action((flags: PromoteFlags) => withSession(flags, ({ context }) => promote(context, flags)))
}

async function promote(context: ServiceContext, flags: PromoteFlags): Promise<void> {
  const overrides = toOverrides(flags.override)
  const slug = await findSlug(context, flags.pair)
  const [view, shown] = [await readPair(context, { slug }), await planPromote(context, { slug })]
  writeOut(promotionText(view, shown))
  refuseBlocked(shown, overrides, context)
  const acknowledgement = await readAcknowledgement(shown.plan.acknowledgement, flags.acceptLoss, {
    option: '--accept-loss',
    missing: 'This promotion loses something, and nobody has accepted it.',
  })
  await confirmOrStop(`Promote ${view.hosts.standby.name}?`, { yes: flags.yes === true })
  const { operationId } = await startPromote(context, {
    slug,
    acknowledgement,
    reason: flags.reason,
    idempotencyKey: crypto.randomUUID(),
    shown: shown.shown,
    overrides,
  })
  writeNote(`Operation ${operationId}`)
  if (!flags.detach) process.exitCode = await followOperation(context, operationId)
}

/** The loss statement stands before everything else. */
export function promotionText(view: PairView, shown: PlanView): string {
  const names = { primary: view.hosts.primary.name, standby: view.hosts.standby.name }
  const loss = view.verdict?.loss
  const lines = loss
    ? [
        loss.sentence,
        ...lossLines(loss, { hasDatabase: view.pair.scope.database }).map((line) => `  ${line}`),
      ]
    : ['Nobody has looked at the hosts yet: what a promotion would lose is not known.']
  return `${lines.join('\n')}\n\n${planText(shown, names)}`
}
