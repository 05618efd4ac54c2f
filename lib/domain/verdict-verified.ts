import { isOwn } from '@/lib/domain/adopt/adoption'
import type { DirectoryFacts } from '@/lib/domain/observation'
import type { DirectorySetting } from '@/lib/domain/pair'
import type { Finding, Ground } from '@/lib/domain/verdict-ground'

/** As many names as a sentence bears. */
const namedMax = 3

type Differing = {
  readonly setting: DirectorySetting
  readonly facts: DirectoryFacts
  readonly count: number
}

function listDiffering({ pair, b }: Pick<Ground, 'pair' | 'b'>): readonly Differing[] {
  if (!pair.scope.files || !b.machine || !isOwn(pair, 'files')) return []
  const { directories } = b.machine
  return pair.settings.directories.flatMap((setting) => {
    const facts = directories.find(({ id }) => id === setting.id)
    const count = facts?.verification?.differs ?? 0
    return facts && count > 0 ? [{ setting, facts, count }] : []
  })
}

/** Files of the standby that differ from the primary's although size and time are the same, in all directories together. */
export const countDiffering = (ground: Pick<Ground, 'pair' | 'b'>): number =>
  listDiffering(ground).reduce((sum, { count }) => sum + count, 0)

/** What the comparison by checksum has found: a copy passes over it for ever. */
export const verifiedFindings = (ground: Ground): readonly Finding[] =>
  listDiffering(ground).map(({ setting, facts, count }) => {
    const names = facts.verification?.names.slice(0, namedMax) ?? []
    const more = count > names.length ? ` and ${count - names.length} more` : ''
    const files = count === 1 ? 'One file' : `${count} files`
    return {
      sentence: `${files} of ${setting.title} on ${ground.b.name} ${count === 1 ? 'differs' : 'differ'} from the primary’s although size and time are the same: ${names.join(', ')}${more}.`,
      fix: `Repair ${count === 1 ? 'it' : 'them'}: the primary’s content is pulled, and what is there goes to the bin.`,
      action: 'repair-files',
    }
  })
