import { startConfPath } from '@/lib/commands/fence'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { type FenceFacts, fenceQuestion, parseFence } from '@/lib/facts/fence-facts'
import type { PromoteContext } from '@/lib/operations/promote/context'

/** Whether PostgreSQL runs on the old primary, and what keeps it from coming back writable. Throws AppError HOST_*. */
export async function readFence(
  { doors }: Pick<PromoteContext, 'doors'>,
  layout: PostgresLayout,
): Promise<FenceFacts> {
  const question = fenceQuestion({ ...layout, startConfPath: startConfPath(layout.configFile) })
  return parseFence((await doors.primary.runOrThrow(question, { timeoutMs: 15_000 })).stdout)
}

/** Whether systemd or Debian's start.conf starts it at boot; a crontab is not looked at. */
export const startsAtBoot = (
  { enabledState, startConf }: FenceFacts,
  layout: Pick<PostgresLayout, 'startConf'>,
): boolean => (layout.startConf === null ? enabledState === 'enabled' : startConf === 'auto')
