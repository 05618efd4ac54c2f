import { lsnDistanceBytes } from '@/lib/domain/lsn'
import { awaitFact } from '@/lib/operations/await-fact'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'
import { proveStandby } from '@/lib/operations/promote/steps/prove-standby'
import { stepFailed } from '@/lib/operations/step-failed'

/** Replay goes on, and a server that is promoted already is not asked. */
export const replayGoesOn = 'select pg_wal_replay_resume() where pg_is_in_recovery()'
/** How long WAL that piled up may take to be applied. */
export const applyMs = 4 * 3_600_000
const question = `select pg_is_wal_replay_paused() as paused,
greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text as received,
pg_last_wal_replay_lsn()::text as replayed where pg_is_in_recovery()`

type Replay = { readonly isPaused: boolean; readonly received: string; readonly replayed: string }

/** Null where it is promoted already. */
async function readReplay({ databases }: PromoteContext): Promise<Replay | null> {
  const [row] = await databases.standby.query(question)
  if (!row) return null
  return {
    isPaused: row.paused === true,
    received: String(row.received ?? '0/0'),
    replayed: String(row.replayed ?? '0/0'),
  }
}

/** Whether the plan found replay paused: then it has to go on before the standby can be promoted. */
export const isReplayPaused = ({ facts }: { facts: Pick<PromoteBasis['facts'], 'standby'> }): boolean =>
  answerOf(facts.standby.server)?.replayPaused === true

/**
 * Replay that is paused goes on, until what was received so far is applied. A server before PostgreSQL 13 never ends its recovery
 * while it is paused; a later one ends the pause by itself (documentation 9.28.4), but applies everything before it
 * is promoted: that takes its time while the primary, where it lives, still serves.
 */
export function resumeReplay({ hosts }: PromoteBasis): Step<PromoteContext> {
  const { name } = hosts.standby
  return {
    planned: {
      id: 'resume-replay',
      title: `Let replay on ${name} go on`,
      host: 'standby',
      preview: [
        { kind: 'sql', text: replayGoesOn },
        { kind: 'note', text: 'Waits until everything that was received so far is applied.' },
      ],
      undo: 'undo',
      undoSentence: 'Pauses replay again.',
      irreversible: false,
      timeoutMs: applyMs,
      attemptsMax: 2,
    },
    async prove(context) {
      const { lsn } = await proveStandby(context)
      return `${name} proved itself: it is the pair’s standby, at ${lsn}.`
    },
    async check(context) {
      const now = await readReplay(context)
      if (!now) return { done: true, sentence: `${name} is promoted already.` }
      return now.isPaused ? { done: false } : { done: true, sentence: `Replay on ${name} is not paused.` }
    },
    async run(context, io) {
      await context.databases.standby.query(replayGoesOn)
      const before = await readReplay(context)
      if (!before) return
      const totalBytes = Math.max(0, lsnDistanceBytes(before.received, before.replayed))
      await awaitFact({ signal: io.signal, everyMs: 100 }, async () => {
        const now = await readReplay(context)
        const leftBytes = now ? lsnDistanceBytes(before.received, now.replayed) : 0
        io.progress({ label: 'WAL applied', doneBytes: totalBytes - Math.max(0, leftBytes), totalBytes })
        return leftBytes <= 0 ? true : null
      })
    },
    async verify(context) {
      const now = await readReplay(context)
      if (now?.isPaused)
        throw stepFailed(
          `Replay on ${name} is still paused.`,
          'See who pauses it, then resume the operation.',
        )
      return now ? `Replay on ${name} goes on, at ${now.replayed}.` : `${name} is promoted already.`
    },
    async undo({ databases }) {
      await databases.standby.query('select pg_wal_replay_pause() where pg_is_in_recovery()')
      return 'Replay is paused again.'
    },
  }
}
