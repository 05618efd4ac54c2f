'use client'
import { useQuery } from '@tanstack/react-query'
import { useQueryState } from 'nuqs'
import { toProblem } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { OperationPanel } from '@/components/operations/operation-panel'
import { ProblemPage } from '@/components/session/problem-page'
import { PageHead } from '@/components/ui/page-head'
import { Skeleton } from '@/components/ui/skeleton'
import { AccessStep } from '@/components/wizard/create/access-step'
import {
  answersFromPair,
  type CreateAnswers,
  closedBecause,
  createSteps,
  readCreateAnswers,
} from '@/components/wizard/create/create-answers'
import { DoneStep } from '@/components/wizard/create/done-step'
import { FoundStep } from '@/components/wizard/create/found-step'
import { HostsStep } from '@/components/wizard/create/hosts-step'
import { PlanStep } from '@/components/wizard/create/plan-step'
import { PreflightStep } from '@/components/wizard/create/preflight-step'
import { ProfileProblems } from '@/components/wizard/create/profile-problems'
import { ProfileStep } from '@/components/wizard/create/profile-step'
import { DraftNotice } from '@/components/wizard/draft-notice'
import { type DraftHandle, useDraft } from '@/components/wizard/use-draft'
import { useTurnToDone } from '@/components/wizard/use-turn-to-done'
import { WizardFrame } from '@/components/wizard/wizard-frame'
import { stepOfRun, wizardRunOf } from '@/components/wizard/wizard-run'
import type { Role } from '@/lib/domain/pair'
import type { ProfileSummary } from '@/lib/domain/views'

export type StepProps = {
  readonly answers: CreateAnswers
  readonly draft: DraftHandle
  readonly profiles: readonly ProfileSummary[]
  readonly hostNames: Readonly<Record<Role, string>>
}

const bodies = {
  hosts: HostsStep,
  access: AccessStep,
  found: FoundStep,
  profile: ProfileStep,
  preflight: PreflightStep,
  plan: PlanStep,
} as const

/** The create wizard; every answer is in the store and the step is in the address. */
export function CreateWizard() {
  const draft = useDraft('create')
  const profiles = useQuery(queries.profiles())
  const hosts = useQuery(queries.hosts())
  const [from] = useQueryState('from')
  const source = useQuery({ ...queries.pair(from ?? ''), enabled: from !== null })
  const error = draft.loadError ?? profiles.error ?? hosts.error ?? source.error
  if (error) return <ProblemPage problem={toProblem(error)} />
  if (draft.isLoading || source.isLoading || !profiles.data || !hosts.data)
    return <Skeleton className="h-96" />
  const first = source.data ? answersFromPair(source.data) : {}
  const answers = readCreateAnswers({ ...first, ...draft.answers }, profiles.data)
  const nameOf = (role: Role) =>
    hosts.data.find((host) => host.id === answers[role].hostId)?.name ?? (answers[role].name || role)
  const hostNames = { primary: nameOf('primary'), standby: nameOf('standby') }
  return <Steps answers={answers} draft={draft} profiles={profiles.data} hostNames={hostNames} />
}

function Steps(props: StepProps) {
  const { answers, draft } = props
  const operationId = draft.draft?.operationId ?? null
  const operation = useQuery({ ...queries.operation(operationId ?? ''), enabled: operationId !== null })
  const run = wizardRunOf(operationId, operation.data)
  const wanted = createSteps.find((step) => step.id === draft.step)?.id ?? (operationId ? 'run' : 'hosts')
  const standsIn = operationId ? stepOfRun(run) : lastOpen(wanted, answers)
  const current = closedBecause(wanted, answers, run) ? standsIn : wanted
  useTurnToDone({ draft, current, run })
  const Body = current in bodies ? bodies[current as keyof typeof bodies] : null
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead title="Create a standby">
        {operationId
          ? `${answers.slug}: ${props.hostNames.primary} to ${props.hostNames.standby}`
          : 'Answers are kept as you go: this page can be reloaded, closed, or opened by a colleague.'}
      </PageHead>
      <WizardFrame
        steps={createSteps}
        current={current}
        closedBecause={(step) => closedBecause(step, answers, run)}
        onStep={(step) => draft.go(step)}
      >
        <DraftNotice draft={draft} />
        {operationId === null ? <ProfileProblems /> : null}
        {Body ? <Body {...props} /> : null}
        {current === 'run' && operationId ? <OperationPanel id={operationId} /> : null}
        {current === 'done' && operationId ? (
          <DoneStep slug={answers.slug} operationId={operationId} />
        ) : null}
      </WizardFrame>
    </div>
  )
}

/** The last step before the wanted one that can be opened. */
function lastOpen(wanted: string, answers: CreateAnswers): string {
  const index = createSteps.findIndex((step) => step.id === wanted)
  const before = createSteps
    .slice(0, Math.max(0, index))
    .filter((step) => !closedBecause(step.id, answers, 'not-started'))
  return before.at(-1)?.id ?? 'hosts'
}
