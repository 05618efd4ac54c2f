import { toPreview } from '@/lib/commands/command'
import { bringAutoConfBack, keepAutoConf } from '@/lib/commands/kept-auto-conf'
import { putAutoConf } from '@/lib/commands/postgres-standby'
import { markOf } from '@/lib/operations/context'
import type { Step } from '@/lib/operations/engine/step'
import type { FollowBasis, RepairContext } from '@/lib/operations/repair/basis'
import { readFollowState } from '@/lib/operations/repair/steps/follow-primary'
import { stepFailed } from '@/lib/operations/step-failed'
import { followSettings, tellSettings } from '@/lib/operations/steps/tell-settings'

/**
 * The old primary is told while it still serves where it finds the new one: a primary ignores it, and what is written now is not waited
 * for when it shall follow. In the roles that the hosts are to have.
 */
export function tellOldPrimary(basis: FollowBasis): Step<RepairContext> {
  const { hosts, database, operationId } = basis
  const { dataDirectory } = database.layout
  const mark = markOf(operationId)
  const path = `${dataDirectory}/postgresql.auto.conf`
  const added = putAutoConf('', followSettings(basis)).trimEnd().split('\n')
  return {
    planned: {
      id: 'tell-old-primary',
      title: `Tell ${hosts.standby.name} where it finds ${hosts.primary.name} once it follows`,
      host: 'standby',
      preview: [
        { kind: 'file', path, diff: `${added.map((line) => `+${line}`).join('\n')}\n` },
        { kind: 'command', text: toPreview(keepAutoConf(dataDirectory, mark)) },
      ],
      undo: 'undo',
      undoSentence: 'Gives it back the settings that it had.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 2,
    },
    async check(context) {
      return (await readFollowState(context, basis)).knowsPrimary
        ? { done: true, sentence: `It stands in ${path} already.` }
        : { done: false }
    },
    run: (context) => tellSettings(context, database.layout, followSettings(basis)),
    async verify(context) {
      if (!(await readFollowState(context, basis)).knowsPrimary)
        throw stepFailed(`${path} was written, but the settings are not in it.`, 'Resume the operation.')
      return `${path} names ${hosts.primary.name}; a primary does not look at it.`
    },
    async undo({ doors }) {
      await doors.standby.runOrThrow(bringAutoConfBack(dataDirectory, mark), { timeoutMs: 15_000 })
      return `${path} is as it was.`
    },
  }
}
