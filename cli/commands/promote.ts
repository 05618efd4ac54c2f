import type { PairCommand } from '@/cli/pair-command'
import { planText } from '@/cli/plan-text'
import { lossLines } from '@/lib/domain/loss'
import { planHostNames } from '@/lib/domain/plan-host-names'
import type { PairView, PlanView } from '@/lib/domain/views'

/** `understudy promote`: the loss, the plan, the words, then the promotion. */
export const promoteCommand: PairCommand = {
  operation: 'promote',
  about: 'what a promotion would do, and lose',
  question: (view) => `Promote ${view.hosts.standby.name}?`,
  textOf: promotionText,
  words: {
    option: '--accept-loss',
    key: 'acceptLoss',
    missing: 'This promotion loses something, and nobody has accepted it.',
  },
  help: `
What a promotion now would lose is said first. Where the plan asks for words under it, they are typed, or given with
--accept-loss "WORDS"; --yes never stands in for them.
Exit codes: 5 promoted, the old primary is not attached again (the pair is unprotected until it is re-paired); 1 refused or failed.`,
}

/** The loss statement stands before everything else. */
function promotionText(view: PairView, shown: PlanView): string {
  const loss = view.verdict?.loss
  const lines = loss
    ? [
        loss.sentence,
        ...lossLines(loss, { hasDatabase: view.pair.scope.database }).map((line) => `  ${line}`),
      ]
    : ['Nobody has looked at the hosts yet: what a promotion would lose is not known.']
  return `${lines.join('\n')}\n\n${planText(shown, planHostNames(view, shown.plan))}`
}
