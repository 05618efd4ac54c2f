import type { Pair, Role } from '@/lib/domain/pair'
import type { Verdict } from '@/lib/domain/verdict'

/**
 * Whether the hosts are found the other way round than they are recorded: the one expected as standby serves, because somebody else promoted
 * it, and the one expected as primary is seen not to. One that is not seen may serve too; and after a promotion of ours a former primary
 * that serves is one that came back, whose data are the old ones.
 */
export const isTurnedRound = (
  { rolesSeen: { primary, standby } }: Pick<Verdict, 'rolesSeen'>,
  { formerPrimary }: Pick<Pair, 'formerPrimary'>,
): boolean =>
  formerPrimary === 'none' && standby === 'primary' && (primary === 'standby' || primary === 'stopped')

/** What is told by role, in the roles that the hosts are to have after a re-pair: as recorded, unless they are found the other way round. */
export const rolesToBe = <T>(
  recorded: Readonly<Record<Role, T>>,
  verdict: Pick<Verdict, 'rolesSeen'> | null,
  pair: Pick<Pair, 'formerPrimary'>,
): Readonly<Record<Role, T>> =>
  verdict && isTurnedRound(verdict, pair)
    ? { primary: recorded.standby, standby: recorded.primary }
    : recorded
