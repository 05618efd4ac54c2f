import { type DrillContext, drillNames } from '@/lib/operations/drill/basis'
import { inSession } from '@/lib/operations/drill/in-session'
import type { StepIo } from '@/lib/operations/engine/step'
import type { DatabaseSession } from '@/lib/ports/host-door'

/** Asks the copy's own server, as its owner, in a session of its own. Throws POSTGRES_*, HOST_*, and the signal's reason. */
export function inCopy<T>(
  context: DrillContext,
  io: Pick<StepIo, 'signal'>,
  database: string,
  act: (session: DatabaseSession) => Promise<T>,
): Promise<T> {
  const { doors, layouts } = context
  const { places, port } = drillNames(context)
  const opening = doors.standby.database({
    identity: { as: 'owner' },
    database,
    port,
    socketDirectory: places.root,
    osUser: layouts.standby.osUser,
  })
  return inSession(opening, io, act)
}
