import { type Command, toPreview } from '@/lib/commands/command'
import type { FileToWrite } from '@/lib/commands/file'
import { killPostgres, setDebianStart, stopPostgres } from '@/lib/commands/postgres-server'
import { disableUnit, enableUnit } from '@/lib/commands/systemd'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'

/** Content of the `standby.signal` that a fence leaves: PostgreSQL looks only whether it is there. */
export const fenceSignal = (operationId: string): string => `Understudy fence, operation ${operationId}`

/** The file that a fence leaves in the data directory. */
export const fenceFile = (
  { dataDirectory, osUser }: Pick<PostgresLayout, 'dataDirectory' | 'osUser'>,
  operationId: string,
): FileToWrite => ({
  path: `${dataDirectory}/standby.signal`,
  content: `${fenceSignal(operationId)}\n`,
  mode: '0600',
  owner: `${osUser}:`,
  isSecret: false,
  as: 'database-owner',
})

/** Debian's start.conf stands beside the configuration file (pg_createcluster(1)). */
export const startConfPath = (configFile: string): string => configFile.replace(/[^/]*$/, 'start.conf')

/** PostgreSQL is not started at boot any more. Null where neither systemd nor Debian's start.conf starts it. */
export function disableStart(layout: PostgresLayout): Command | null {
  if (layout.startConf !== null) return setDebianStart(startConfPath(layout.configFile), 'manual')
  return layout.unit === null ? null : disableUnit(layout.unit)
}

/** Back to how it was started before. */
export function restoreStart(layout: PostgresLayout): Command | null {
  if (layout.startConf !== null) return setDebianStart(startConfPath(layout.configFile), layout.startConf)
  return layout.unit === null ? null : enableUnit(layout.unit)
}

/** What a fence runs, in its order, for the plan; `stallSeconds`: how long a stop may go on without anything happening. */
export function fencePreview(layout: PostgresLayout, operationId: string, stallSeconds: number) {
  const commands = [disableStart(layout), stopPostgres(layout)].flatMap((command) => command ?? [])
  return [
    {
      kind: 'file' as const,
      path: `${layout.dataDirectory}/standby.signal`,
      diff: `+${fenceSignal(operationId)}\n`,
    },
    ...commands.map((command) => ({ kind: 'command' as const, text: toPreview(command) })),
    {
      kind: 'note' as const,
      text: `If it has not stopped and the standby received nothing more for ${stallSeconds} s, PostgreSQL is killed:`,
    },
    { kind: 'command' as const, text: toPreview(killPostgres(layout)) },
  ]
}
