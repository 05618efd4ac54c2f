import type { Host } from '@/lib/domain/host'
import type { Role } from '@/lib/domain/pair'
import type { ApplicationControl } from '@/lib/operations/application-of'
import type { Proof, Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'
import type { HostDoor } from '@/lib/ports/host-door'

/** The application on a host neither runs nor starts at boot. */
export function stopApplication<C extends { doors: Readonly<Record<Role, HostDoor>> }>(given: {
  id: string
  role: Role
  host: Host
  application: ApplicationControl
  /** An application that is stopped on the wrong host is an outage. */
  prove: Proof<C>
}): Step<C> {
  const { id, role, host, application, prove } = given
  const { name } = application
  return {
    planned: {
      id,
      title: `Stop the application on ${host.name}`,
      host: role,
      preview: application.stopPreview,
      undo: 'undo',
      undoSentence: 'Lets it start at boot and starts it, as far as it did and ran before.',
      irreversible: false,
      timeoutMs: 360_000,
      attemptsMax: 2,
    },
    prove,
    async check({ doors }) {
      return (await application.isOff(doors[role]))
        ? { done: true, sentence: `${name} does not run and does not start at boot.` }
        : { done: false }
    },
    async run({ doors }, { signal }) {
      await application.stop(doors[role], signal)
    },
    async verify({ doors }) {
      if (!(await application.isOff(doors[role])))
        throw stepFailed(
          `${name} on ${host.name} still runs or still starts at boot.`,
          `See who starts it: ${application.look}. Then resume.`,
        )
      return `${name} is stopped on ${host.name} and does not start at boot.`
    },
    async undo({ doors }) {
      await application.restore(doors[role])
      return `${name} is as it was.`
    },
  }
}
