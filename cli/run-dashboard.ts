import { stopSignal, untilAborted } from '@/cli/stop-signal'
import type { Environment } from '@/lib/runtime/environment'
import { type Dashboard, type Part, startDashboard } from '@/lib/runtime/launcher/start-dashboard'

export const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

type Extra = {
  /** Runs before the start's last lines are printed; what it returns is called before the dashboard stops. */
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
  try {
    const leave = await prepare?.(dashboard, signal)
    try {
      if (parts.includes('web')) printAddress(dashboard)
      await untilAborted(signal)
      say('Stopping …')
    } finally {
      await leave?.()
    }
  } finally {
    await dashboard.stop()
  }
  say('Stopped.')
}

function printAddress({ environment, setupUrl }: Dashboard): void {
  say('')
  say(`Understudy is at ${environment.publicUrl}`)
  if (setupUrl) say(`Make the first administrator (this address works once): ${setupUrl}`)
  say('Ctrl-C stops it.')
}
