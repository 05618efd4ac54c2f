import type { Command } from 'commander'
import { confirmOrStop } from '@/cli/ask'
import { findSlug, withOverrideOption } from '@/cli/commands/plan-flags'
import { withDataOptions } from '@/cli/environment-options'
import { type Flags, withSession } from '@/cli/open-session'
import { followOperation } from '@/cli/operation/follow-operation'
import { writeNote, writeOut } from '@/cli/output'
import { planText } from '@/cli/plan-text'
import { refuseBlocked, toOverrides } from '@/cli/refuse-blocked'
import type { Role } from '@/lib/domain/pair'
import type { PairView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { planFence } from '@/lib/services/fence/plan-fence'
import { startFence } from '@/lib/services/fence/start-fence'
import { readPair } from '@/lib/services/pairs/read-pair'

type FenceFlags = Flags & {
  readonly pair?: string
  readonly reason: string
  readonly override: readonly string[]
  readonly yes?: boolean
  readonly detach?: boolean
}

/** In the plan the former primary has the role that it had before. */
export const fenceNames = ({ hosts }: Pick<PairView, 'hosts'>): Readonly<Record<Role, string>> => ({
  primary: hosts.standby.name,
  standby: hosts.primary.name,
})

/** `understudy fence`: a former primary that came back is kept from writing. */
export function addFence(command: Command): void {
  withOverrideOption(withDataOptions(command))
    .option('--pair <name>', 'the pair; not needed where there is only one')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--yes', 'do not ask once the plan was printed')
    .option('--detach', 'start it and do not follow')
    .action((flags: FenceFlags) => withSession(flags, ({ context }) => fence(context, flags)))
}

async function fence(context: ServiceContext, flags: FenceFlags): Promise<void> {
  const overrides = toOverrides(flags.override)
  const slug = await findSlug(context, flags.pair)
  const [view, shown] = [await readPair(context, { slug }), await planFence(context, { slug })]
  const names = fenceNames(view)
  writeOut(planText(shown, names))
  refuseBlocked(shown, overrides, context)
  await confirmOrStop(`Fence ${names.primary}?`, { yes: flags.yes === true })
  const { operationId } = await startFence(context, {
    slug,
    reason: flags.reason,
    idempotencyKey: crypto.randomUUID(),
    shown: shown.shown,
    overrides,
  })
  writeNote(`Operation ${operationId}`)
  if (!flags.detach) process.exitCode = await followOperation(context, operationId)
}
