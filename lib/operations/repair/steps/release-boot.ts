import { toPreview } from '@/lib/commands/command'
import { restoreStart } from '@/lib/commands/fence'
import { bootStartOf } from '@/lib/operations/boot-start-of'
import type { Step } from '@/lib/operations/engine/step'
import { readFence, startsAtBoot } from '@/lib/operations/read-fence'
import type { RepairBasis, RepairContext } from '@/lib/operations/repair/basis'
import { stepFailed } from '@/lib/operations/step-failed'

/** A fence keeps PostgreSQL from being started at boot; a standby is started, so that it follows again by itself. */
export function releaseBoot(basis: RepairBasis): Step<RepairContext> {
  const { hosts, pair, database } = basis
  const { layout } = database
  const { name } = hosts.standby
  const boot = bootStartOf({ ...basis, layout, host: hosts.standby, name: `${pair.slug} fence` })
  const isReleased = async ({ doors: { standby } }: RepairContext) => {
    const fence = await readFence(standby, layout)
    const isStarted = layout.unit === null && layout.startConf === null ? true : startsAtBoot(fence, layout)
    return isStarted && !(await boot.isHeld(standby))
  }
  const restore = restoreStart(layout)
  return {
    planned: {
      id: 'release-boot',
      title: `Let PostgreSQL on ${name} be started at boot again`,
      host: 'standby',
      preview: restore
        ? [{ kind: 'command', text: toPreview(restore) }]
        : [
            {
              kind: 'note',
              text: `What the fence made a comment in the crontab of ${hosts.standby.user} is none any more.`,
            },
          ],
      undo: 'undo',
      undoSentence: 'It is not started at boot any more.',
      irreversible: false,
      timeoutMs: 120_000,
      attemptsMax: 2,
    },
    async check(context) {
      return (await isReleased(context))
        ? { done: true, sentence: `PostgreSQL on ${name} is started at boot as before.` }
        : { done: false }
    },
    run: ({ doors }) => boot.release(doors.standby),
    async verify(context) {
      if (!(await isReleased(context)))
        throw stepFailed(`PostgreSQL on ${name} is not started at boot.`, 'Enable it by hand, then resume.')
      return `PostgreSQL on ${name} is started at boot.`
    },
    async undo({ doors }) {
      await boot.hold(doors.standby)
      return `PostgreSQL on ${name} is not started at boot.`
    },
  }
}
