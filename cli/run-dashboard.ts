import { stopSignal, untilAborted } from '@/cli/stop-signal'
import type { Environment } from '@/lib/runtime/environment'
import { type Dashboard, type Part, startDashboard } from '@/lib/runtime/launcher/start-dashboard'

export const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

type Extra = {
  /** Runs before the last lines are printed; what it returns is called when the dashboard stops. */
  readonly prepare?: (dashboard: Dashboard, signal: AbortSignal) => Promise<() => Promise<void>>
}

/** Starts these parts, prints where to look, and stays until it is asked to stop. */
export async function runDashboard(
  environment: Environment,
  parts: readonly Part[],
  { prepare }: Extra = {},
): Promise<void> {
  const signal = stopSignal()
  const dashboard = await startDashboard(environment, { parts, say, signal })
  let leave = async () => {}
  try {
    if (prepare) leave = await prepare(dashboard, signal)
    if (parts.includes('web') && !signal.aborted) say(addressLines(dashboard).join('\n'))
    await untilAborted(signal)
    say('Stopping …')
  } finally {
    await Promise.all([leave(), dashboard.stop()])
  }
  say('Stopped.')
}

const addressLines = ({ environment, setupUrl }: Dashboard): readonly string[] => [
  '',
  `Understudy is at ${environment.publicUrl}`,
  ...(setupUrl ? [`Make the first administrator (this address works once): ${setupUrl}`] : []),
  'Ctrl-C stops it.',
]
