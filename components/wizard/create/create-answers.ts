import { closedByRun, type WizardRun } from '@/components/wizard/wizard-run'
import { type CreateInput, createInput } from '@/lib/domain/inputs'
import type { DirectorySetting, FenceReturned, Role, Scope } from '@/lib/domain/pair'
import type { Draft, PairView, ProfileSummary } from '@/lib/domain/views'

/** One host of the pair to be: registered already (`hostId`), or how to reach it. Never a secret. */
export type HostChoice = {
  readonly hostId: string | null
  readonly name: string
  readonly address: string
  readonly port: string
  readonly user: string
}

export type CreateAnswers = Readonly<Record<Role, HostChoice>> & {
  readonly profileId: string
  readonly slug: string
  readonly scope: Scope
  readonly walKeepSegments: string
  readonly directories: readonly DirectorySetting[] | null
  readonly fenceReturned: FenceReturned
  /** Agrees to the restart of the primary's PostgreSQL that the preflight announced. */
  readonly agreeRestart: boolean
  /** Where the standby's old database is kept; empty: beside the new one. */
  readonly oldDataDirectory: string
  /** WAL that a replication slot may hold back at most; empty: no slot. */
  readonly slotWalSegments: string
  /** Reasons for going on although a check fails, by the check's id. */
  readonly overrides: Readonly<Record<string, string>>
  readonly reason: string
}

const noHost: HostChoice = { hostId: null, name: '', address: '', port: '22', user: 'root' }

const textOf = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise)

function textsOf(value: unknown): Readonly<Record<string, string>> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return Object.fromEntries(entries.flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])))
}

function hostOf(value: unknown): HostChoice {
  return typeof value === 'object' && value !== null ? { ...noHost, ...value } : noHost
}

/** The answers of a draft, whatever part of them is there; the first profile where none was chosen. */
export function readCreateAnswers(
  answers: Draft['answers'],
  profiles: readonly ProfileSummary[],
): CreateAnswers {
  const profile = profiles.find((each) => each.id === answers.profileId) ?? profiles[0]
  const scope = answers.scope as Scope | undefined
  return {
    primary: hostOf(answers.primary),
    standby: hostOf(answers.standby),
    profileId: profile?.id ?? '',
    slug: textOf(answers.slug, ''),
    scope: {
      database: scope?.database ?? true,
      files: scope?.files ?? true,
      packages: scope?.packages ?? true,
    },
    walKeepSegments: textOf(answers.walKeepSegments, String(profile?.defaultWalKeepSegments ?? '')),
    directories: Array.isArray(answers.directories) ? answers.directories : (profile?.directories ?? null),
    fenceReturned: answers.fenceReturned === 'automatic' ? 'automatic' : 'ask',
    agreeRestart: answers.agreeRestart === true,
    oldDataDirectory: textOf(answers.oldDataDirectory, ''),
    slotWalSegments: textOf(answers.slotWalSegments, ''),
    overrides: textsOf(answers.overrides),
    reason: textOf(answers.reason, ''),
  }
}

/** What is asked of `/create/*`; `fields` says what is missing, by path. */
export function toCreateInput(
  answers: CreateAnswers,
): { input: CreateInput; fields: null } | { input: null; fields: Readonly<Record<string, string>> } {
  const parsed = createInput.safeParse({
    slug: answers.slug,
    profileId: answers.profileId,
    hosts: { primary: answers.primary.hostId ?? '', standby: answers.standby.hostId ?? '' },
    scope: answers.scope,
    settings: {
      walKeepSegments: answers.walKeepSegments,
      slotWalSegments: answers.slotWalSegments.trim() || null,
      directories: answers.scope.files ? (answers.directories ?? []) : [],
      fenceReturned: answers.scope.database ? answers.fenceReturned : 'ask',
    },
    agreeRestart: answers.agreeRestart,
    oldDataDirectory: answers.oldDataDirectory.trim() || null,
  })
  if (parsed.success) return { input: parsed.data, fields: null }
  const fields: Record<string, string> = {}
  for (const issue of parsed.error.issues) fields[issue.path.join('.')] ??= issue.message
  return { input: null, fields }
}

/** What is known of a pair whose hosts do not replicate, as the wizard's first answers. */
export function answersFromPair({ pair }: PairView): Draft['answers'] {
  return {
    primary: { hostId: pair.hosts.primary },
    standby: { hostId: pair.hosts.standby },
    profileId: pair.profileId,
    slug: pair.slug,
    scope: pair.scope,
    walKeepSegments: String(pair.settings.walKeepSegments),
    slotWalSegments: String(pair.settings.slotWalSegments ?? ''),
    fenceReturned: pair.settings.fenceReturned ?? 'ask',
    ...(pair.scope.files ? { directories: pair.settings.directories } : {}),
  }
}

export const createSteps = [
  { id: 'hosts', label: 'Hosts', heading: 'Which two hosts?' },
  { id: 'access', label: 'Access', heading: 'How are they reached?' },
  { id: 'found', label: 'What was found', heading: 'What is on them' },
  { id: 'profile', label: 'Profile and scope', heading: 'What is protected, and how' },
  { id: 'preflight', label: 'Preflight', heading: 'Can it work?' },
  { id: 'plan', label: 'Plan', heading: 'Exactly what will be done' },
  { id: 'run', label: 'Run', heading: 'Creating the standby' },
  { id: 'done', label: 'Done', heading: 'The standby is there' },
] as const

/** Why a step can't be opened yet; empty when it can. */
export function closedBecause(step: string, answers: CreateAnswers, run: WizardRun): string {
  const byRun = closedByRun(step, run)
  if (byRun !== null) return byRun
  if (step === 'hosts') return ''
  const chosen = (['primary', 'standby'] as const).filter(
    (role) => answers[role].hostId || answers[role].address,
  )
  if (chosen.length < 2) return 'Name both hosts first.'
  if (step === 'access') return ''
  if (!answers.primary.hostId || !answers.standby.hostId) return 'Prove access to both hosts first.'
  if (step === 'found' || step === 'profile') return ''
  return toCreateInput(answers).fields ? 'Fill in profile and scope first.' : ''
}
