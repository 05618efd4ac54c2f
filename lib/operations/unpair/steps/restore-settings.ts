import { reloadSettings, restoreSystem } from '@/lib/commands/postgres-settings'
import type { Role } from '@/lib/domain/pair'
import type { CreateBasis } from '@/lib/operations/create/basis'
import { walSettingsOf } from '@/lib/operations/create/steps/wal-settings'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { stepFailed } from '@/lib/operations/step-failed'
import { readAltered } from '@/lib/operations/steps/alter-settings'
import { type UnpairBasis, type UnpairContext, wasStandby } from '@/lib/operations/unpair/basis'
import { followSettings } from '@/lib/operations/unpair/steps/forget-primary'
import { onlyForward } from '@/lib/operations/unpair/steps/only-forward'

/** Whether a standby follows by this value of ours; a pair without a slot has an empty one. */
const isOurs = (value: string) => value === '' || value.includes('understudy_')

/** What ALTER SYSTEM was told for this pair: by create, and by a change of its settings since. */
function toldFor(made: CreateBasis, { pair }: UnpairBasis): readonly (readonly [string, string])[] {
  const { settings } = made.input
  const { walKeepSegments, slotWalSegments } = pair.settings
  return [settings, { ...settings, walKeepSegments, slotWalSegments }].flatMap((told) =>
    Object.entries(walSettingsOf({ ...made, input: { ...made.input, settings: told } }).values),
  )
}

/** A copy has the settings of its primary; a standby that somebody else made has its own. How either followed is never brought back. */
function setBefore({ facts }: CreateBasis, basis: UnpairBasis, role: Role): Readonly<Record<string, string>> {
  const isFound = basis.facts.created?.kind === 'adopt' && wasStandby(basis, role)
  const altered = answerOf(facts[isFound ? 'standby' : 'primary'].server)?.altered ?? {}
  return Object.fromEntries(Object.entries(altered).filter(([name]) => !isFollowing(name)))
}

const isFollowing = (name: string) => followSettings.some((setting) => setting === name)

/** What was set for replication is what it was before create; what somebody has set to something else since stays. */
export function restoreSettings(basis: UnpairBasis, role: Role, made: CreateBasis): Step<UnpairContext> {
  const { name } = basis.hosts[role]
  const before = setBefore(made, basis, role)
  // A copy has addresses of its own, which were its host's before.
  const isOwn = (setting: string) => setting !== 'listen_addresses' || !wasStandby(basis, role)
  const set = toldFor(made, basis).filter(([setting, value]) => isOwn(setting) && before[setting] !== value)
  const names = [...new Set(set.map(([setting]) => setting))]
  // Of a standby that was promoted since: it no longer follows by them, and they name a role and a password that are going.
  const followed = wasStandby(basis, role) ? followSettings : []
  const look = async ({ databases }: UnpairContext) => {
    const now = await readAltered(databases[role], [...names, ...followed])
    const ours = [
      ...names.filter((one) => set.some(([setting, value]) => setting === one && now.get(one) === value)),
      ...[...now].flatMap(([one, value]) => (!names.includes(one) && isOurs(value) ? [one] : [])),
    ]
    const changed = names.filter((one) => now.get(one) !== before[one] && !ours.includes(one))
    return { ours, changed, now }
  }
  const restoreOf = (setting: string) => restoreSystem(setting, before[setting])
  return {
    planned: {
      ...onlyForward,
      id: `${role}-settings`,
      title: `Set back what create set on ${name}`,
      host: role,
      preview: [
        ...[...[...names, ...followed].map(restoreOf), reloadSettings].map(({ preview }) => ({
          kind: 'sql' as const,
          text: preview,
        })),
        { kind: 'note', text: 'One that somebody has set to something else since stays as it is.' },
      ],
      attemptsMax: 3,
    },
    async check(context) {
      return (await look(context)).ours.length === 0
        ? { done: true, sentence: 'None of the settings is as the pair set it.' }
        : { done: false }
    },
    async run(context) {
      for (const setting of (await look(context)).ours)
        await context.databases[role].query(restoreOf(setting).text)
      await context.databases[role].query(reloadSettings.text)
    },
    async verify(context) {
      const { ours, changed, now } = await look(context)
      if (ours.length > 0)
        throw stepFailed(`${ours.join(', ')} could not be set back on ${name}.`, 'Resume the operation.')
      const left = changed.map((setting) => `${setting} = ${now.get(setting) ?? 'not set'}`)
      const stays = left.length > 0 ? ` Somebody changed this since, and it stays: ${left.join(', ')}.` : ''
      return `The settings are what they were; what needs a restart changes at the next one.${stays}`
    },
  }
}
