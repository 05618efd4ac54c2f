import { toDrillOptions, withDrillOptions } from '@/cli/commands/drill-flags'
import type { PairCommand } from '@/cli/pair-command'

/** `understudy drill`: a throwaway copy of the standby's data is started, recovered, promoted, looked through and removed. */
export const drillCommand: PairCommand = {
  operation: 'drill',
  about: 'how a throwaway copy of the standby’s data would be made and tried',
  question: (view) => `Drill on ${view.hosts.standby.name}?`,
  withOptions: withDrillOptions,
  toOptions: toDrillOptions,
  help: `
The standby goes on replicating; the drill goes last in everything on its host, and gives way as soon as replication needs what it takes. All
that it made is removed at its end, whatever that is.

Exit codes: 0 where it passed, 7 where what it tried failed, 8 where it gave way.`,
}
