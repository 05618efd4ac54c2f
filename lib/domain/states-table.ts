import { whileObserved } from '@/lib/domain/actions/observed'
import { actionRules } from '@/lib/domain/actions/permissions'
import { actionIds, type PairState, pairStates, stateTable } from '@/lib/domain/states'

const observedWords = {
  open: 'is open where its state opens it',
  begun: 'is open where its state opens it, once something of the pair is taken over',
  closed: 'is closed until all of the pair is taken over',
} as const

/** What is open on a pair that somebody else made and that is not taken over, whatever its state opens. */
function printObserved(): string {
  const lines = actionIds.map((action) => `- **${action}** ${observedWords[whileObserved[action]]}`)
  return ['## While a pair is only observed', '', ...lines].join('\n')
}

/** The table of states and actions as Markdown, as `docs/states.md` holds it. */
export function printStatesTable(): string {
  return [...pairStates.map(printState), printObserved()].join('\n\n')
}

function printState(state: PairState): string {
  const { promise } = stateTable[state]
  const lines = actionIds.map((action) => {
    const entry = actionRules[action].byState[state]
    return `- **${action}** ${entry === 'open' ? 'is open' : `is closed: ${entry.closed}`}`
  })
  return [`## \`${state}\``, '', promise, '', ...lines].join('\n')
}
