import type { Command } from 'commander'
import type { PairOperationKind } from '@/lib/domain/pair-operations'

/** A command as the help lists it; its flags and what it does are loaded when it is named. */
export type CommandEntry = {
  readonly name: string
  readonly about: string
  readonly load: () => Promise<(command: Command) => void>
}

async function loadPairCommand(operation: PairOperationKind): Promise<(command: Command) => void> {
  const [{ addPairCommand }, { pairCommands }] = await Promise.all([
    import('@/cli/pair-command'),
    import('@/cli/pair-commands'),
  ])
  return addPairCommand(pairCommands[operation])
}

export const commandTable: readonly CommandEntry[] = [
  {
    name: 'status',
    about: 'how protected a pair is at this second',
    load: async () => (await import('@/cli/commands/status')).addStatus,
  },
  {
    name: 'pairs',
    about: 'all pairs, those that need somebody first',
    load: async () => (await import('@/cli/commands/pairs')).addPairs,
  },
  {
    name: 'hosts',
    about: 'the machines that Understudy may reach',
    load: async () => (await import('@/cli/commands/hosts')).addHosts,
  },
  {
    name: 'create',
    about: 'make a standby of a host',
    load: async () => (await import('@/cli/commands/create')).addCreate,
  },
  {
    name: 'observe',
    about: 'watch two hosts that somebody else made a pair, changing nothing',
    load: async () => (await import('@/cli/commands/observe')).addObserve,
  },
  {
    name: 'adopt',
    about: 'take over a pair that somebody else made, whole or piece by piece',
    load: () => loadPairCommand('adopt'),
  },
  {
    name: 'promote',
    about: 'make the standby writable because the primary is lost',
    load: () => loadPairCommand('promote'),
  },
  {
    name: 'fence',
    about: 'keep a former primary that came back from writing',
    load: () => loadPairCommand('fence'),
  },
  {
    name: 'switchover',
    about: 'exchange the roles of both hosts, losing nothing',
    load: () => loadPairCommand('switchover'),
  },
  {
    name: 're-pair',
    about: 'make a standby of the host that does not follow any more',
    load: () => loadPairCommand('re-pair'),
  },
  {
    name: 'pause',
    about: 'let file sync or replay stand still until a given time',
    load: () => loadPairCommand('pause'),
  },
  {
    name: 'resume',
    about: 'let what is paused go on',
    load: () => loadPairCommand('resume'),
  },
  {
    name: 'change-settings',
    about: 'change retention, directories, schedules or scope of a pair',
    load: () => loadPairCommand('change-settings'),
  },
  {
    name: 'unpair',
    about: 'take a pair apart, and leave the standby as chosen',
    load: () => loadPairCommand('unpair'),
  },
  {
    name: 'sync',
    about: 'copy directories now, whatever their schedules say',
    load: () => loadPairCommand('sync'),
  },
  {
    name: 'repair-files',
    about: 'pull files anew that differ from the primary’s although size and time are the same',
    load: () => loadPairCommand('repair-files'),
  },
  {
    name: 'drill',
    about: 'try a throwaway copy of the standby’s data: does it come up, and is it sound',
    load: () => loadPairCommand('drill'),
  },
  {
    name: 'missing-files',
    about: 'files that rows of the database refer to and that the standby lacks',
    load: async () => (await import('@/cli/commands/missing-files')).addMissingFiles,
  },
  {
    name: 'drills',
    about: 'what drills of a pair have shown, and when they begin by themselves',
    load: async () => (await import('@/cli/commands/drills')).addDrills,
  },
  {
    name: 'plan',
    about: 'print an operation’s plan; nothing is changed',
    load: async () => (await import('@/cli/commands/plan')).addPlan,
  },
  {
    name: 'logs',
    about: 'the logs of a pair as they are on its hosts',
    load: async () => (await import('@/cli/commands/logs')).addLogs,
  },
  {
    name: 'operations',
    about: 'what was done, and what is being done',
    load: async () => (await import('@/cli/commands/operations')).addOperations,
  },
  {
    name: 'user',
    about: 'who may sign in on the page',
    load: async () => (await import('@/cli/commands/user')).addUser,
  },
  {
    name: 'audit',
    about: 'who did what, newest first',
    load: async () => (await import('@/cli/commands/audit')).addAudit,
  },
  {
    name: 'doctor',
    about: 'look after the dashboard itself and its way to every host',
    load: async () => (await import('@/cli/commands/doctor')).addDoctor,
  },
  {
    name: 'completion',
    about: 'print what completes these commands in bash or zsh',
    load: async () => (await import('@/cli/commands/completion')).addCompletion,
  },
  {
    name: 'start',
    about: 'run the dashboard: its store (unless DATABASE_URL is set), its worker and its pages',
    load: async () => (await import('@/cli/commands/start')).addStart,
  },
  {
    name: 'demo',
    about: 'run a dashboard with two real hosts on this machine (needs root and Linux)',
    load: async () => (await import('@/cli/commands/demo')).addDemo,
  },
  {
    name: 'web',
    about: 'run only the pages and the API, on a store that is there',
    load: async () => (await import('@/cli/commands/web')).addWeb,
  },
  {
    name: 'worker',
    about: 'run only the worker: it watches pairs and runs operations',
    load: async () => (await import('@/cli/commands/worker')).addWorker,
  },
  {
    name: 'db',
    about: 'run only the embedded store, for web and worker started apart',
    load: async () => (await import('@/cli/commands/db')).addDb,
  },
]
