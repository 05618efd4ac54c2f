import { sh } from '@/lib/commands/command'
import { type Role, roles } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import type { AnyOperationContext } from '@/lib/operations/context'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'

const question =
  'select system_identifier::text as id, pg_is_in_recovery() as recovering from pg_control_system()'

type Context = Pick<AnyOperationContext, 'hosts' | 'layouts' | 'pair' | 'doors' | 'databases'>
type Basis = Pick<Context, 'hosts' | 'layouts' | 'pair'> & {
  readonly facts: Readonly<Record<Role, Pick<HostFacts, 'machine'>>>
}

/** Both hosts are the machines of the plan, with the servers and in the roles that it found. */
export function proveRoles<C extends Context>({ hosts, facts, layouts, pair }: Basis): Step<C> {
  const machineIdOf = (role: (typeof roles)[number]) => answerOf(facts[role].machine)?.machineId
  const identity = roles.map((role) => `${hosts[role].name}: machine-id ${machineIdOf(role)}`).join('; ')
  const system = layouts.primary ? `; system identifier ${layouts.primary.systemIdentifier}` : ''
  return {
    planned: {
      id: 'prove-roles',
      title: 'See that these are the hosts of the plan, in their roles',
      host: 'here',
      preview: [{ kind: 'note', text: `Read again and compared: ${identity}${system}.` }],
      undo: 'nothing-to-undo',
      undoSentence: 'It only looked.',
      irreversible: false,
      timeoutMs: 30_000,
      attemptsMax: 3,
    },
    check: async () => ({ done: false }),
    run: async () => undefined,
    async verify({ doors, databases }) {
      for (const role of roles) {
        const { name } = hosts[role]
        const { stdout } = await doors[role].run(sh`cat /etc/machine-id`, { timeoutMs: 5_000 })
        if (stdout.trim() !== machineIdOf(role))
          throw new AppError('WRONG_HOST', `${name} is another machine than when the plan was made.`, {
            fix: 'Find out what answers at its address, then plan again.',
            detail: `machine-id ${stdout.trim()}, expected ${machineIdOf(role)}`,
          })
        if (!pair.scope.database) continue
        const [row] = await databases[role].query(question)
        if (row?.id !== layouts[role]?.systemIdentifier || row?.recovering !== (role === 'standby'))
          throw new AppError('WRONG_HOST', `PostgreSQL on ${name} is not the ${role} of the plan any more.`, {
            fix: 'Look at the pair, then plan again.',
            detail: JSON.stringify(row ?? null),
          })
      }
      return `${identity}${system}.`
    },
  }
}
