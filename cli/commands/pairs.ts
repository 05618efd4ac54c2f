import type { Command } from 'commander'
import { confirmOrStop } from '@/cli/ask'
import { findSlug } from '@/cli/commands/plan-flags'
import { withDataOptions } from '@/cli/environment-options'
import { worstExitCode } from '@/cli/exit-codes'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print, writeNote } from '@/cli/output'
import { pairsText } from '@/cli/pairs-text'
import { listPairs } from '@/lib/services/pairs/list-pairs'
import { removePair } from '@/lib/services/pairs/remove-pair'
import { setFenceReturned } from '@/lib/services/pairs/set-fence-returned'

/** `understudy pairs`: every pair in a line, and what is set of one. */
export function addPairs(pairs: Command): void {
  withDataOptions(
    pairs.command('list', { isDefault: true }).description('every pair, those that need somebody first'),
  )
    .addOption(outputOption())
    .action((flags: Flags & { output: OutputFormat }) =>
      withSession(flags, async ({ context }) => {
        const views = await listPairs(context)
        print(views, flags.output, pairsText)
        process.exitCode = worstExitCode(views.map(({ verdict }) => verdict?.state ?? null))
      }),
    )
  withDataOptions(
    pairs
      .command('fence-returned <choice>')
      .description(
        'ask: a former primary that comes back writable is fenced on request; automatic: by itself',
      ),
  )
    .option('--pair <name>', 'the pair; not needed where there is only one')
    .action((fenceReturned: string, flags: Flags & { pair?: string }) =>
      withSession(flags, async ({ context }) => {
        const slug = await findSlug(context, flags.pair)
        await setFenceReturned(context, { slug, fenceReturned })
        writeNote(`${slug}: ${fenceReturned}`)
      }),
    )
  withDataOptions(
    pairs
      .command('forget <pair>')
      .description(
        'forget a pair that is only observed, was never made or was taken apart; hosts stay as they are',
      ),
  )
    .option('--yes', 'do not ask')
    .action((slug: string, flags: Flags & { yes?: boolean }) =>
      withSession(flags, async ({ context }) => {
        await confirmOrStop(`Forget ${slug} with the record of its operations?`, { yes: flags.yes === true })
        await removePair(context, { slug })
        writeNote(`${slug} is forgotten. Nothing on its hosts was changed.`)
      }),
    )
}
