import type { Step } from '@/lib/operations/engine/step'
import type { PauseContext, WithLayout } from '@/lib/operations/pause/basis'
import { proveHost } from '@/lib/operations/prove-host'
import { stepFailed } from '@/lib/operations/step-failed'

/**
 * PostgreSQL documentation 9.28.4, Recovery Control Functions: what is received is kept and not applied until it is resumed, and a restart
 * of the server ends the pause.
 */
const sql = { hold: 'select pg_wal_replay_pause()', start: 'select pg_wal_replay_resume()' } as const
const question =
  'select pg_is_wal_replay_paused() as paused, pg_last_wal_replay_lsn()::text as lsn where pg_is_in_recovery()'

async function readReplay({ databases }: PauseContext): Promise<{ isPaused: boolean; lsn: string }> {
  const [row] = await databases.standby.query(question)
  return { isPaused: row?.paused === true, lsn: String(row?.lsn) }
}

const common = {
  host: 'standby',
  undo: 'undo',
  irreversible: false,
  timeoutMs: 60_000,
  attemptsMax: 3,
} as const

const proveStandby = ({ standby }: WithLayout['layouts']) =>
  proveHost<PauseContext>({
    role: 'standby',
    layout: standby,
    systemIdentifier: standby.systemIdentifier,
    states: ['standby'],
  })

/** The standby goes on to receive WAL and applies none of it. */
export function holdReplay({ hosts, layouts }: WithLayout): Step<PauseContext> {
  const { name } = hosts.standby
  return {
    planned: {
      ...common,
      id: 'hold-replay',
      title: `Pause replay on ${name}`,
      preview: [
        { kind: 'sql', text: sql.hold },
        { kind: 'note', text: 'WAL is received and kept; a restart of PostgreSQL there ends the pause.' },
      ],
      undoSentence: 'Lets replay go on.',
    },
    prove: proveStandby(layouts),
    async check(context) {
      return (await readReplay(context)).isPaused
        ? { done: true, sentence: `Replay on ${name} is paused already.` }
        : { done: false }
    },
    async run({ databases }) {
      await databases.standby.query(sql.hold)
    },
    async verify(context) {
      const { isPaused, lsn } = await readReplay(context)
      if (!isPaused) throw stepFailed(`Replay on ${name} goes on.`, 'Resume the operation.')
      return `Replay on ${name} is paused at ${lsn}.`
    },
    async undo({ databases }) {
      await databases.standby.query(`${sql.start} where pg_is_in_recovery()`)
      return 'Replay goes on.'
    },
  }
}

/** What was received meanwhile is applied. */
export function startReplay({ hosts, layouts }: WithLayout): Step<PauseContext> {
  const { name } = hosts.standby
  return {
    planned: {
      ...common,
      id: 'start-replay',
      title: `Let replay on ${name} go on`,
      preview: [{ kind: 'sql', text: sql.start }],
      undoSentence: 'Pauses replay again.',
    },
    prove: proveStandby(layouts),
    async check(context) {
      return (await readReplay(context)).isPaused
        ? { done: false }
        : { done: true, sentence: `Replay on ${name} is not paused.` }
    },
    async run({ databases }) {
      await databases.standby.query(sql.start)
    },
    async verify(context) {
      const { isPaused, lsn } = await readReplay(context)
      if (isPaused) throw stepFailed(`Replay on ${name} is still paused.`, 'Resume the operation.')
      return `Replay on ${name} goes on from ${lsn}.`
    },
    async undo({ databases }) {
      await databases.standby.query(`${sql.hold} where pg_is_in_recovery()`)
      return 'Replay is paused again.'
    },
  }
}
