import type { Step } from '@/lib/operations/engine/step'
import { readFence } from '@/lib/operations/read-fence'
import type { SwitchoverBasis, SwitchoverContext } from '@/lib/operations/switchover/basis'

const checkpointMs = 890_000

/** What the shutdown would have to write while nobody can write is written before, while everybody still can: twice, for the first takes its time. */
export function checkpointPrimary({ hosts, layouts }: SwitchoverBasis): Step<SwitchoverContext> {
  const { name } = hosts.primary
  return {
    planned: {
      id: 'checkpoint-primary',
      title: `Write what is in ${name}’s memory to its disk, so that it stops fast`,
      host: 'primary',
      preview: [
        { kind: 'sql', text: 'checkpoint' },
        { kind: 'sql', text: 'checkpoint' },
      ],
      undo: 'nothing-to-undo',
      undoSentence: 'A checkpoint changes nothing.',
      irreversible: false,
      timeoutMs: 2 * checkpointMs,
      attemptsMax: 1,
    },
    async check(context) {
      return (await readFence(context.doors.primary, layouts.primary)).isRunning
        ? { done: false }
        : { done: true, sentence: `PostgreSQL on ${name} is stopped already.` }
    },
    async run({ databases }) {
      await databases.primary.query('checkpoint', [], { timeoutMs: checkpointMs })
      await databases.primary.query('checkpoint', [], { timeoutMs: checkpointMs })
    },
    verify: async () => `What ${name} had in memory is on its disk.`,
  }
}
