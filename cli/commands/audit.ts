import type { Command } from 'commander'
import { withDataOptions } from '@/cli/environment-options'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print } from '@/cli/output'
import { textTable } from '@/cli/text-table'
import { formatFullInstant } from '@/lib/domain/format-instant'
import type { AuditRow } from '@/lib/domain/views'
import { listAudit } from '@/lib/services/list-audit'

const auditText = (rows: readonly AuditRow[]): string =>
  rows.length === 0
    ? 'Nothing was done yet.'
    : textTable([
        ['No.', 'At', 'Who', 'From', 'Did', 'To', 'Outcome', 'Detail'],
        ...rows.map(({ id, at, actor, origin, action, subject, outcome, detail }) => [
          String(id),
          formatFullInstant(at),
          actor,
          origin,
          action,
          subject,
          outcome,
          detail,
        ]),
      ])

/** `understudy audit`: who did what, newest first. */
export function addAudit(command: Command): void {
  withDataOptions(command)
    .option('--limit <n>', 'how many rows', '100')
    .option('--before <no>', 'only rows before this number')
    .addOption(outputOption())
    .action((flags: Flags & { output: OutputFormat; limit: string; before?: string }) =>
      withSession(flags, async ({ context }) =>
        print(
          await listAudit(context, { limit: flags.limit, beforeId: flags.before }),
          flags.output,
          auditText,
        ),
      ),
    )
}
