import { isOver, isPausing, type Pause, pausedWords, untilWords } from '@/lib/domain/pause'
import type { Finding, Ground } from '@/lib/domain/verdict-ground'

/** Whether the standby's server says that it does not apply what it receives, whoever asked it to. */
export const isReplayPaused = ({ b }: Pick<Ground, 'b'>): boolean =>
  b.server?.inRecovery === true && b.server.replayPaused

/** What of the pair is paused, by whom and until when; and where a pause is not what the standby itself says. */
export function pauseFindings(ground: Ground): Finding[] {
  const { pause } = ground.pair
  if (pause) return [pausedFinding(ground, pause), ...brokenFindings(ground, pause)]
  if (!isReplayPaused(ground)) return []
  return [
    {
      sentence: `Replay on ${ground.b.name} is paused, and not by Understudy: WAL arrives, but it is not applied.`,
      fix: `Resume replay on ${ground.b.name}, once you know who paused it and why.`,
    },
  ]
}

function pausedFinding({ b, nowMs }: Ground, pause: Pause): Finding {
  const { by, reason, until, what } = pause
  const [first, verb] = [pausedWords(what, { isFirst: true }), what.length > 1 ? 'are' : 'is']
  const why = reason.replace(/\.$/, '')
  return isOver(pause, nowMs)
    ? {
        sentence: `${first} ${verb} still paused, by ${by} until ${untilWords(until)}, which is over (${why}).`,
        fix: `It is resumed by itself once ${b.name} answers; the audit log says what stands against it. Or resume it now.`,
      }
    : {
        sentence: `${first} ${verb} paused by ${by} until ${untilWords(until)}: ${why}.`,
        fix: 'Resume it when the work is done; by then it is resumed by itself.',
      }
}

/** A pause of replay does not outlive a restart of PostgreSQL, and somebody may start what was stopped. */
function brokenFindings({ b }: Ground, pause: Pause): Finding[] {
  const findings: Finding[] = []
  if (isPausing(pause, 'replay') && b.server?.inRecovery && !b.server.replayPaused)
    findings.push({
      sentence: `Replay on ${b.name} goes on all the same: PostgreSQL there was restarted, or somebody resumed it by hand.`,
      fix: 'Pause it anew if it has to stand still.',
    })
  if (isPausing(pause, 'sync') && b.machine?.syncScheduled)
    findings.push({
      sentence: `The directories are copied to ${b.name} all the same: somebody put their schedule back.`,
      fix: 'Pause it anew if it has to stand still.',
    })
  return findings
}
