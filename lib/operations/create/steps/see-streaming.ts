import { flushLsnQuestion, streamingQuestion } from '@/lib/facts/streaming'
import { awaitFact } from '@/lib/operations/await-fact'
import { type CreateBasis, createNames } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

/** The standby streams and has replayed all that the primary had when the step began. */
export function seeStreaming(basis: CreateBasis): Step<CreateContext> {
  const { hosts } = basis
  const { stream } = createNames(basis)
  const read = async ({ databases }: CreateContext, lsn: string) => {
    const [row] = await databases.primary.query(streamingQuestion, [stream, lsn])
    const behind = row?.behind_bytes
    return row
      ? {
          state: String(row.state),
          replayed: String(row.replay_lsn),
          behindBytes: typeof behind === 'number' ? behind : null,
        }
      : null
  }
  const flushLsn = async ({ databases }: CreateContext) =>
    String((await databases.primary.query(flushLsnQuestion))[0]?.lsn)

  return {
    planned: {
      id: 'see-streaming',
      title: `See ${hosts.standby.name} receive and replay what ${hosts.primary.name} writes`,
      host: 'primary',
      preview: [{ kind: 'sql', text: streamingQuestion.replace('$1', `'${stream}'`) }],
      undo: 'nothing-to-undo',
      undoSentence: 'It only looked.',
      irreversible: false,
      timeoutMs: 4 * 3_600_000,
      attemptsMax: 1,
    },
    check: async () => ({ done: false }),
    async run(context, io) {
      const target = await flushLsn(context)
      let firstBehind: number | null = null
      await awaitFact({ signal: io.signal, everyMs: 250 }, async () => {
        const seen = await read(context, target)
        if (seen?.behindBytes == null) return null
        firstBehind ??= Math.max(seen.behindBytes, 0)
        const left = Math.max(seen.behindBytes, 0)
        io.progress({ label: 'Replayed', doneBytes: firstBehind - left, totalBytes: firstBehind })
        return seen.state === 'streaming' && left === 0 ? true : null
      })
    },
    async verify(context) {
      const written = await flushLsn(context)
      const seen = await read(context, written)
      if (seen?.state !== 'streaming')
        throw stepFailed(
          `${hosts.standby.name} does not stream from ${hosts.primary.name} any more.`,
          `Look into the PostgreSQL log of ${hosts.standby.name}, then resume.`,
        )
      return `${hosts.standby.name} streams from ${hosts.primary.name}: replayed up to ${seen.replayed}, written up to ${written}, ${Math.max(seen.behindBytes ?? 0, 0)} bytes behind.`
    },
  }
}
