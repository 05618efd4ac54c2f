import { startConfPath } from '@/lib/commands/fence'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { type FenceFacts, fenceQuestion, parseFence } from '@/lib/facts/fence-facts'
import { askHost } from '@/lib/operations/ask-host'
import type { HostDoor } from '@/lib/ports/host-door'

/** Whether PostgreSQL runs on a host, and what keeps it from coming back writable. Throws AppError HOST_*. */
export async function readFence(door: HostDoor, layout: PostgresLayout): Promise<FenceFacts> {
  const question = fenceQuestion({ ...layout, startConfPath: startConfPath(layout.configFile) })
  return parseFence(await askHost(door, question))
}

/** Whether systemd or Debian's start.conf starts it at boot; a crontab is not looked at. */
export const startsAtBoot = (
  { enabledState, startConf }: FenceFacts,
  layout: Pick<PostgresLayout, 'startConf'>,
): boolean => (layout.startConf === null ? enabledState === 'enabled' : startConf === 'auto')
