import { actionRules } from '@/lib/domain/actions/permissions'
import { actionIds, pairStates, stateTable } from '@/lib/domain/states'

/** The table of states and actions as Markdown, as `docs/states.md` holds it. */
export function printStatesTable(): string {
  return pairStates
    .map((state) => {
      const { promise } = stateTable[state]
      const lines = actionIds.map((action) => {
        const entry = actionRules[action].byState[state]
        return `- **${action}** ${entry === 'open' ? 'is open' : `is closed: ${entry.closed}`}`
      })
      return [`## \`${state}\``, '', promise, '', ...lines].join('\n')
    })
    .join('\n\n')
}
