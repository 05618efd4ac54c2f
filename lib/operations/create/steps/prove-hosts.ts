import { sh } from '@/lib/commands/command'
import { AppError } from '@/lib/errors'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'

/** Both hosts are still the machines, and the primary's server still the one, that the plan was made for. */
export function proveHosts({ hosts, facts, layouts }: FileBasis): Step<FileContext> {
  const server = layouts.primary ? `, system identifier ${layouts.primary.systemIdentifier}` : ''
  const identity = `${hosts.primary.name}: machine-id ${answerOf(facts.primary.machine)?.machineId}${server}; ${hosts.standby.name}: machine-id ${answerOf(facts.standby.machine)?.machineId}.`
  return {
    planned: {
      id: 'prove-hosts',
      title: 'See that these are the hosts of the plan',
      host: 'here',
      preview: [{ kind: 'note', text: `Read again and compared: ${identity}` }],
      undo: 'nothing-to-undo',
      undoSentence: 'It only looked.',
      irreversible: false,
      timeoutMs: 30_000,
      attemptsMax: 3,
    },
    check: async () => ({ done: false }),
    run: async () => undefined,
    async verify({ doors, databases }) {
      for (const role of ['primary', 'standby'] as const) {
        const { stdout } = await doors[role].run(sh`cat /etc/machine-id`, { timeoutMs: 5_000 })
        const expected = answerOf(facts[role].machine)?.machineId
        if (stdout.trim() !== expected)
          throw new AppError(
            'WRONG_HOST',
            `${hosts[role].name} is another machine than when the plan was made.`,
            {
              fix: 'Find out what answers at its address, then plan again.',
              detail: `machine-id ${stdout.trim()}, expected ${expected}`,
            },
          )
      }
      if (!layouts.primary) return identity
      const [row] = await databases.primary.query(
        'select system_identifier::text as id, pg_is_in_recovery() as recovering from pg_control_system()',
      )
      if (row?.id !== layouts.primary.systemIdentifier || row.recovering !== false)
        throw new AppError(
          'WRONG_HOST',
          `PostgreSQL on ${hosts.primary.name} is not the primary of the plan any more.`,
          {
            fix: 'Look at the pair, then plan again.',
            detail: JSON.stringify(row ?? null),
          },
        )
      return identity
    },
  }
}
