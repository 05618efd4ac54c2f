import type { Command } from 'commander'
import { toDrillOptions, withDrillOptions } from '@/cli/commands/drill-flags'
import { findSlug } from '@/cli/commands/plan-flags'
import { drillsText } from '@/cli/drills-text'
import { withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print, writeNote } from '@/cli/output'
import { type PairFlags, withPairOption } from '@/cli/pair-command'
import { listDrills } from '@/lib/services/drills/list-drills'
import { setDrillSchedule } from '@/lib/services/drills/set-drill-schedule'

/** `understudy drills`: what drills have shown, and when they begin by themselves. */
export function addDrills(drills: Command): void {
  withPairOption(
    drills.command('list', { isDefault: true }).description('the drills of a pair, newest first'),
  )
    .option('--limit <n>', 'how many', '50')
    .addOption(outputOption())
    .action((flags: PairFlags & { limit: string; output: OutputFormat }) =>
      withSession(flags, async ({ context }) => {
        const slug = await findSlug(context, flags.pair)
        print(await listDrills(context, { slug, limit: flags.limit }), flags.output, drillsText)
      }),
    )
  withDrillOptions(
    withPairOption(
      drills
        .command('schedule <cron>')
        .description('let drills begin by themselves, by five fields of cron in UTC, e.g. "0 3 * * 0"'),
    ),
  )
    .addHelpText(
      'after',
      `
Only while the pair is protected and nothing else runs. What could not begin within an hour of its time is left out.`,
    )
    .action((cron: string, flags: PairFlags) => setSchedule(flags, cron, toDrillOptions({ ...flags })))
  withPairOption(
    drills.command('unschedule').description('let no drills of a pair begin by themselves any more'),
  ).action((flags: PairFlags) => setSchedule(flags, null, {}))
}

const setSchedule = (flags: PairFlags, cron: string | null, options: object): Promise<void> =>
  withSession(flags, async ({ context }) => {
    const slug = await findSlug(context, flags.pair)
    await setDrillSchedule(context, { slug, cron, options })
    const { schedule } = await listDrills(context, { slug, limit: 1 })
    writeNote(
      schedule ? `Drills of ${slug} begin ${schedule.words}.` : `No drills of ${slug} begin by themselves.`,
    )
  })
