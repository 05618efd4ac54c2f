import type { Command } from 'commander'
import {
  type CreateFlags,
  toCreateInput,
  withCreateOptions,
  withOverrideOption,
} from '@/cli/commands/plan-flags'
import { confirmAndFollow } from '@/cli/confirm-and-follow'
import { withDataOptions } from '@/cli/environment-options'
import { withSession } from '@/cli/open-session'
import { writeOut } from '@/cli/output'
import { planText } from '@/cli/plan-text'
import { readAcknowledgement } from '@/cli/read-acknowledgement'
import { refuseBlocked, toOverrides } from '@/cli/refuse-blocked'
import type { ServiceContext } from '@/lib/services/context'
import { planCreate } from '@/lib/services/create/plan-create'
import { startCreate } from '@/lib/services/create/start-create'

type Start = CreateFlags & {
  readonly reason: string
  readonly override: readonly string[]
  readonly typeName?: string
  readonly yes?: boolean
  readonly detach?: boolean
}

const dataHelp = `
Where the standby's database directory holds someone's data, its name is typed, or given with --type-name NAME; --yes never
stands in for it. The data is put aside, never deleted.`

/** `understudy create`: shows the plan, asks, makes the standby and follows. */
export function addCreate(command: Command): void {
  withOverrideOption(withCreateOptions(withDataOptions(command.argument('<pair>'))))
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--type-name <standby>', 'the standby’s name, where the plan asks for it')
    .option('--yes', 'do not ask once the plan was printed')
    .option('--detach', 'start it and do not follow')
    .addHelpText('after', dataHelp)
    .action((slug: string, flags: Start) => withSession(flags, ({ context }) => create(context, slug, flags)))
}

async function create(context: ServiceContext, slug: string, flags: Start): Promise<void> {
  const overrides = toOverrides(flags.override)
  const input = await toCreateInput(context, slug, flags)
  const shown = await planCreate(context, input)
  writeOut(planText(shown, { primary: flags.primary, standby: flags.standby }))
  refuseBlocked(shown, overrides, context)
  const acknowledgement = await readAcknowledgement(shown.plan.acknowledgement, flags.typeName, {
    option: '--type-name',
    missing: `${flags.standby} holds someone’s data, and nobody has typed its name.`,
  })
  await confirmAndFollow(context, `Make ${flags.standby} the standby of ${flags.primary}?`, flags, () =>
    startCreate(context, {
      ...input,
      acknowledgement,
      reason: flags.reason,
      idempotencyKey: crypto.randomUUID(),
      shown: shown.shown,
      overrides,
    }),
  )
}
