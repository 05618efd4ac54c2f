import { kitDirectory, kitRecordPath, removeKit } from '@/lib/commands/break-glass/kit'
import { toPreview } from '@/lib/commands/command'
import { pairPlaces } from '@/lib/domain/host-places'
import type { Role } from '@/lib/domain/pair'
import type { AnyOperationContext } from '@/lib/operations/context'
import type { Step } from '@/lib/operations/engine/step'
import { filePreview } from '@/lib/operations/file-preview'
import { type KitGround, kitFiles } from '@/lib/operations/kit/kit-of'
import { stepFailed } from '@/lib/operations/step-failed'
import { haveFiles, writeFiles } from '@/lib/operations/write-files'

type Context = Pick<AnyOperationContext, 'doors'>

/**
 * The break-glass kit on the standby: what an operator there needs when neither dashboard nor network is. `before`: the ground of the kit that
 * an undo writes again; without it the kit is new, and an undo takes it away.
 */
export function breakGlassKit<C extends Context>(
  ground: KitGround,
  before: KitGround | null = null,
): Step<C> {
  const { hosts, pair } = ground
  const { name } = hosts.standby
  const at = pairPlaces(hosts.standby, pair.slug)
  const files = kitFiles(ground)
  const directory = kitDirectory(at)
  const clear = removeKit(at)
  return {
    planned: {
      id: 'break-glass-kit',
      title: `Write the break-glass kit on ${name}`,
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(clear) }, ...files.map(filePreview)],
      undo: 'undo',
      undoSentence: before ? 'Writes it as it was.' : `Removes ${directory}.`,
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 3,
    },
    async check({ doors }) {
      return (await haveFiles(doors.standby, files))
        ? { done: true, sentence: `${directory} has it already.` }
        : { done: false }
    },
    async run({ doors }) {
      // A record of an earlier promotion by hand would be taken for one of this pair as it is now.
      await doors.standby.runOrThrow(clear, { timeoutMs: 10_000 })
      await writeFiles(doors.standby, files)
    },
    async verify({ doors }) {
      if (!(await haveFiles(doors.standby, files)))
        throw stepFailed(`What was written to ${directory} is not there.`, 'Resume the operation.')
      return `${directory} has a runbook and a script that promote ${name} without the dashboard.`
    },
    async undo({ doors }) {
      await doors.standby.runOrThrow(clear, { timeoutMs: 10_000 })
      if (before === null) return `${directory} is removed.`
      await writeFiles(doors.standby, kitFiles(before))
      return `${directory} is as it was.`
    },
  }
}

/** A host that has become the primary has no kit: there is nothing to promote. */
export function dropKit<C extends Context>(
  { hosts, pair }: Pick<KitGround, 'hosts' | 'pair'>,
  role: Role,
): Step<C> {
  const at = pairPlaces(hosts[role], pair.slug)
  const { name } = hosts[role]
  const command = removeKit(at)
  const isThere = async ({ doors }: C) =>
    (await doors[role].readFile(`${kitDirectory(at)}/promote.sh`)) !== null ||
    (await doors[role].readFile(kitRecordPath(at))) !== null
  return {
    planned: {
      id: 'drop-kit',
      title: `Take the break-glass kit from ${name}, which is the primary`,
      host: role,
      preview: [{ kind: 'command', text: toPreview(command) }],
      undo: 'nothing-to-undo',
      undoSentence: 'A primary has no use for it.',
      irreversible: false,
      timeoutMs: 30_000,
      attemptsMax: 3,
    },
    async check(context) {
      return (await isThere(context)) ? { done: false } : { done: true, sentence: 'There is none.' }
    },
    async run({ doors }) {
      await doors[role].runOrThrow(command, { timeoutMs: 10_000 })
    },
    async verify(context) {
      if (await isThere(context)) throw stepFailed('It is still there.', 'Resume the operation.')
      return `${name} has no kit any more.`
    },
  }
}
