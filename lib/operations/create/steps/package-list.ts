import { toPreview } from '@/lib/commands/command'
import { bringListBack, listPackages, makeRoomForList } from '@/lib/commands/packages'
import { hostPlaces, pairPlaces } from '@/lib/domain/host-places'
import { packageListName, packageListText, packageLogName } from '@/lib/domain/packages'
import { asidePath } from '@/lib/domain/pair-names'
import { markOf } from '@/lib/operations/context'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import type { PackageFacts } from '@/lib/operations/create/package-facts'
import { readPackages } from '@/lib/operations/create/read-package-facts'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 20_000

/** The primary's packages as they are now, kept on the standby where the seed keeps them: known also when the primary is gone. */
export function packageList(basis: FileBasis, { kind, found }: PackageFacts): Step<FileContext> {
  const { hosts, pair, profile, operationId } = basis
  const at = pairPlaces(hosts.standby, pair.slug)
  const path = `${profile.logDirectory}/${packageListName(kind)}`
  const aside = asidePath(path, markOf(operationId))
  const list = listPackages(kind, hostPlaces(hosts.primary), profile.packages.pip)
  const room = makeRoomForList(at, path, aside)
  const count = found.isCompared ? found.primaryCount : 0
  return {
    planned: {
      id: `${kind}-package-list`,
      title: `Keep the list of ${hosts.primary.name}’s packages (${kind}) on ${hosts.standby.name}`,
      host: 'standby',
      preview: [
        { kind: 'command', text: toPreview(room) },
        { kind: 'note', text: `Read on ${hosts.primary.name}: ${toPreview(list)}` },
        { kind: 'note', text: `${path}: ${count} packages now, one a line.` },
        {
          kind: 'note',
          text: `What is done about them is told in ${profile.logDirectory}/${packageLogName(kind)} too.`,
        },
      ],
      undo: 'undo',
      undoSentence: `Removes ${path}; what stood there before is back.`,
      irreversible: false,
      timeoutMs: 120_000,
      attemptsMax: 2,
      log: packageLogName(kind),
    },
    check: async () => ({ done: false }),
    async run(context) {
      const { doors } = context
      const packages = await readPackages(doors.primary, hosts.primary, kind, profile.packages.pip)
      await doors.standby.runOrThrow(room, { timeoutMs })
      const content = packageListText(kind, packages ?? [])
      await doors.standby.writeFile({ path, content, mode: '0644', owner: at.owner, isSecret: false })
    },
    async verify({ doors }) {
      const lines = ((await doors.standby.readFile(path)) ?? '').split('\n').filter(Boolean)
      if (lines.length === 0 && count > 0) throw stepFailed(`${path} is empty.`, 'Resume the operation.')
      return `${path} lists ${lines.length} packages.`
    },
    async undo({ doors }) {
      await doors.standby.runOrThrow(bringListBack(at, path, aside), { timeoutMs })
      return `${path} is as it was.`
    },
  }
}
