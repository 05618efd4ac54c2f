'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { queries } from '@/components/data/queries'
import { Card } from '@/components/ui/card'
import { Choice } from '@/components/ui/choice'
import { TextField } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import type { HostChoice } from '@/components/wizard/create/create-answers'
import type { StepProps } from '@/components/wizard/create/create-wizard'
import { WizardFooter } from '@/components/wizard/wizard-footer'
import type { Host } from '@/lib/domain/host'
import { registerHostInput } from '@/lib/domain/inputs'
import type { Role } from '@/lib/domain/pair'

const shape = registerHostInput.pick({ name: true, address: true, port: true, user: true })
type Errors = Readonly<Record<string, string>>

/** What is wrong with each choice, by field; both empty when the hosts can be used. */
function findErrors(primary: HostChoice, standby: HostChoice): Readonly<Record<Role, Errors>> {
  const errorsOf = (choice: HostChoice): Errors => {
    if (choice.hostId) return {}
    const parsed = shape.safeParse(choice)
    const fields: Record<string, string> = {}
    for (const issue of parsed.error?.issues ?? []) fields[issue.path.join('.')] ??= issue.message
    return fields
  }
  const isSame = primary.hostId
    ? primary.hostId === standby.hostId
    : primary.address !== '' && primary.address === standby.address && primary.port === standby.port
  const same = { address: 'This is the primary: the standby must be another machine.' }
  return { primary: errorsOf(primary), standby: { ...errorsOf(standby), ...(isSame ? same : {}) } }
}

/** The first step: one host with the application on it, and one that stands by. */
export function HostsStep({ answers, draft }: StepProps) {
  const { data: hosts = [] } = useQuery(queries.hosts())
  const { data: pairs = [] } = useQuery(queries.pairs())
  const [tried, setTried] = useState(false)
  const errors = findErrors(answers.primary, answers.standby)
  const isFine = Object.keys({ ...errors.primary, ...errors.standby }).length === 0
  const takenBy = (host: Host) =>
    pairs.find((view) => view.pair.isPaired && Object.values(view.pair.hosts).includes(host.id))?.pair.slug
  return (
    <form
      className="grid grid-cols-1 gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (isFine) void draft.go('access')
      }}
    >
      <div className="grid items-start gap-3 lg:grid-cols-2">
        {(['primary', 'standby'] as const).map((role) => (
          <HostCard
            key={role}
            role={role}
            choice={answers[role]}
            errors={tried ? errors[role] : {}}
            hosts={hosts}
            takenBy={takenBy}
            onChange={(choice) => draft.change({ [role]: choice })}
          />
        ))}
      </div>
      {tried && !isFine ? <Notice tone="bad" role="alert" title="Mend the fields that are marked." /> : null}
      <WizardFooter
        onNext={() => {
          setTried(true)
          return isFine ? draft.go('access') : undefined
        }}
      />
    </form>
  )
}

const titles: Readonly<Record<Role, { title: string; hint: string }>> = {
  primary: { title: 'Primary', hint: 'The host on which the application runs now. It keeps running.' },
  standby: {
    title: 'Standby',
    hint: 'The host that will follow. Its PostgreSQL data is put aside, never deleted.',
  },
}

const another = 'another'

function HostCard(props: {
  role: Role
  choice: HostChoice
  errors: Errors
  hosts: readonly Host[]
  takenBy: (host: Host) => string | undefined
  onChange: (choice: HostChoice) => void
}) {
  const { choice, errors, onChange, role } = props
  const { title, hint } = titles[role]
  const options = [
    ...props.hosts.map((host) => {
      const pair = props.takenBy(host)
      return {
        value: host.id,
        label: host.name,
        hint: `${host.user}@${host.address}:${host.port}`,
        ...(pair ? { disabledBecause: `is in the pair ${pair}` } : {}),
      }
    }),
    { value: another, label: 'Another host', hint: 'registered in the next step' },
  ]
  const isAnother = choice.hostId === null
  return (
    <Card className="grid gap-3 p-4" aria-label={title}>
      <div>
        <h3 className="font-semibold text-md">{title}</h3>
        <p className="text-ink2 text-sm">{hint}</p>
      </div>
      {props.hosts.length > 0 ? (
        <Choice
          legend={`${title} host`}
          columns
          value={choice.hostId ?? another}
          options={options}
          onChange={(value) => onChange({ ...choice, hostId: value === another ? null : value })}
        />
      ) : null}
      {!isAnother && errors.address ? <p className="text-bad text-sm">{errors.address}</p> : null}
      {isAnother ? <HostFields role={role} choice={choice} errors={errors} onChange={onChange} /> : null}
    </Card>
  )
}

function HostFields(props: {
  role: Role
  choice: HostChoice
  errors: Errors
  onChange: (choice: HostChoice) => void
}) {
  const { choice, errors, onChange } = props
  const bind = (field: 'name' | 'address' | 'port' | 'user') => ({
    value: choice[field],
    error: errors[field],
    name: `${props.role}-${field}`,
    onChange: (event: { target: { value: string } }) => onChange({ ...choice, [field]: event.target.value }),
  })
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <TextField label="Address" mono hint="IPv4 or IPv6, not a name" {...bind('address')} />
      <TextField label="Name" hint="Short; you type it to confirm" {...bind('name')} />
      <TextField label="SSH user" mono hint="root, or one that may sudo" {...bind('user')} />
      <TextField label="SSH port" mono inputMode="numeric" {...bind('port')} />
    </div>
  )
}
