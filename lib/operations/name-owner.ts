import { defaultDatabaseOwner } from '@/lib/commands/remote-shell'
import type { PlannedStep, PreviewLine } from '@/lib/domain/operation'
import type { Role } from '@/lib/domain/pair'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'

/** The step as it is shown where PostgreSQL belongs to another user than Debian's: its commands run as that user. */
export function nameOwner<S extends PlannedStep>(
  planned: S,
  layouts: Readonly<Record<Role, Pick<PostgresLayout, 'osUser'> | null>>,
): S {
  const owner = planned.host === 'here' ? undefined : layouts[planned.host]?.osUser
  if (owner === undefined || owner === defaultDatabaseOwner) return planned
  const named = (line: PreviewLine): PreviewLine =>
    line.kind === 'command' && line.text.startsWith(`${defaultDatabaseOwner}$ `)
      ? { ...line, text: owner + line.text.slice(defaultDatabaseOwner.length) }
      : line
  return { ...planned, preview: planned.preview.map(named) }
}
