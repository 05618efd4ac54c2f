import { createHash } from 'node:crypto'
import type { HostRights } from '@/lib/commands/root-rights'
import type { Host } from '@/lib/domain/host'
import type { Pair } from '@/lib/domain/pair'
import type { RightsFacts } from '@/lib/facts/rights-facts'

/** How what is permitted stands to what is needed. */
export type RightsState =
  /** What we run as root goes through `understudy-root`, which permits exactly what is needed. */
  | 'exact'
  /** By `understudy-root`, but not what is needed now. */
  | 'outdated'
  /** The same, and not as we wrote it at any time: somebody has changed what is written down. */
  | 'changed'
  /** The same, for another login than the one that signs in now. */
  | 'other-login'
  /** Everything: sudo without limits, and nothing is written down. */
  | 'unrestricted'
  | 'none'

const sumOf = (text: string) => createHash('sha256').update(text).digest('hex')

export function rightsState(facts: RightsFacts, needed: HostRights): RightsState {
  const isSame = facts.programSum === sumOf(needed.program) && facts.rightsSum === sumOf(needed.rights)
  if (facts.programSum === null) return facts.isUnrestricted ? 'unrestricted' : 'none'
  if (facts.login !== null && facts.login !== needed.user) return 'other-login'
  if (!facts.isPermitted) return 'none'
  if (isSame) return 'exact'
  return facts.isChanged ? 'changed' : 'outdated'
}

export type RightsWords = { readonly sentence: string; readonly fix: string }

/** Whose rights they are, and the command that shows them. */
export type RightsSubject = {
  readonly host: string
  readonly user: string
  readonly slug: string
  readonly command: string
}

export function rightsSubject({
  host,
  peer,
  pair,
}: {
  readonly host: Pick<Host, 'name' | 'user'>
  readonly peer: Pick<Host, 'name'>
  readonly pair: Pick<Pair, 'slug' | 'profileId'> & { readonly isPaired?: boolean; readonly wanted?: object }
}): RightsSubject {
  const known = `understudy hosts sudoers ${host.name} --pair ${pair.slug}`
  const isToBe = pair.isPaired === true ? known : `${known} --peer ${peer.name} --profile ${pair.profileId}`
  const command = pair.wanted
    ? `understudy plan change-settings -o json … > change.json, then ${known} --for-plan change.json`
    : isToBe
  return { host: host.name, user: host.user, slug: pair.slug, command }
}

/** What that means for an operator. */
export function rightsWords(state: RightsState, { host, user, slug, command }: RightsSubject): RightsWords {
  const how = `Install the rights of ${slug} on ${host}: ${command}`
  switch (state) {
    case 'exact':
      return { sentence: `As root ${user} may do on ${host} what is written down for ${slug}.`, fix: '' }
    case 'unrestricted':
      return {
        sentence: `${user} may do everything as root on ${host}.`,
        fix: `${how} narrows that to what is needed.`,
      }
    case 'outdated':
      return {
        sentence: `What ${user} may do as root on ${host} is not what ${slug} needs now: its directories, its units, its commands or our version have changed.`,
        fix: how,
      }
    case 'changed':
      return {
        sentence: `Somebody has changed what ${user} may do as root on ${host} for ${slug}: it is not as it was installed.`,
        fix: `See what was changed, and by whom. ${how}`,
      }
    case 'other-login':
      return {
        sentence: `What may be done as root on ${host} for ${slug} is written down for another login: ${user} may do nothing of it.`,
        fix: `${how} The other login then has them no more.`,
      }
    case 'none':
      return { sentence: `${user} may do nothing as root on ${host}.`, fix: how }
  }
}
