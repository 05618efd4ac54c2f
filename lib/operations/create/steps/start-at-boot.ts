import { bootLineOf, startsApplication } from '@/lib/commands/boot-lines'
import { hasCrontabBlock, putCrontabBlock, removeCrontabBlock } from '@/lib/commands/crontab'
import { startPostgres } from '@/lib/commands/postgres-server'
import { hostPlaces } from '@/lib/domain/host-places'
import { bootBlock } from '@/lib/operations/application-of'
import { changeCrontab, readCrontab } from '@/lib/operations/change-crontab'
import type { CreateBasis } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import { filePreview } from '@/lib/operations/file-preview'
import { stepFailed } from '@/lib/operations/step-failed'

/**
 * Whether nothing would start the standby's PostgreSQL at boot any more: no unit, and only lines of the user's crontab that
 * start the application too, which this operation has taken out.
 */
export function needsBootLine({ hosts, layouts, facts, profile }: CreateBasis): boolean {
  if (layouts.standby.unit !== null || hostPlaces(hosts.standby).keeper === 'root') return false
  return !(facts.standby.bootLines ?? []).some((line) => !startsApplication(line, profile.application.start))
}

/** PostgreSQL on the standby is started at boot by a line of the user's crontab, so that it follows again after a reboot. */
export function startAtBoot({ hosts, layouts, pair }: CreateBasis): Step<CreateContext> {
  const block = bootBlock(pair.slug)
  const lines = [bootLineOf(startPostgres(layouts.standby).text)]
  const where = `the crontab of ${hosts.standby.user}`
  const isThere = async ({ doors }: CreateContext) =>
    hasCrontabBlock(await readCrontab(doors.standby), block, lines)
  return {
    planned: {
      id: 'start-at-boot',
      title: `Start PostgreSQL on ${hosts.standby.name} at boot`,
      host: 'standby',
      preview: [filePreview({ path: where, content: putCrontabBlock('', block, lines) })],
      undo: 'undo',
      undoSentence: `Takes the block out of ${where} again.`,
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 3,
    },
    async check(context) {
      return (await isThere(context))
        ? { done: true, sentence: `The line stands in ${where} already.` }
        : { done: false }
    },
    async run({ doors }) {
      await changeCrontab(doors.standby, (content) => putCrontabBlock(content, block, lines))
    },
    async verify(context) {
      if (!(await isThere(context)))
        throw stepFailed(`What was written to ${where} is not there.`, 'Resume the operation.')
      return `After a reboot ${where} starts PostgreSQL, and it follows again.`
    },
    async undo({ doors }) {
      await changeCrontab(doors.standby, (content) => removeCrontabBlock(content, block))
      return `${where} does not start PostgreSQL by our line any more.`
    },
  }
}
