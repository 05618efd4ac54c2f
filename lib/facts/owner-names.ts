import { z } from 'zod'
import { type Command, sh } from '@/lib/commands/command'
import { unreadableSurvey } from '@/lib/facts/machine-survey'

const named = z.object({ name: z.string().min(1), id: z.int() })

/** Users and groups of a host by name and number: those that it knows of the ones that were asked for. */
export const ownerNames = z.object({ users: z.array(named).readonly(), groups: z.array(named).readonly() })
export type OwnerNames = z.infer<typeof ownerNames>

export type OwnersAsked = { readonly users: readonly string[]; readonly groups: readonly string[] }

/** Lines `user NUMBER NAME` and `group NUMBER NAME` of those that the host knows, asked by number or by name. */
export const ownerNamesQuestion = ({ users, groups }: OwnersAsked): Command =>
  sh`ask() { [ $# -lt 2 ] || getent -- "$@" | awk -F: -v kind="$1" '{ print kind, $3, $1 }'; }
ask passwd ${users}
ask group ${groups}
echo end`

/** Parses `ownerNamesQuestion`. Throws HOST_COMMAND_FAILED where the answer is not whole. */
export function parseOwnerNames(text: string): OwnerNames {
  const lines = text.split('\n').map((line) => line.split(' '))
  const of = (kind: string) =>
    lines
      .filter(([first]) => first === kind)
      .map(([, id, ...name]) => ({ name: name.join(' '), id: Number(id) }))
  const parsed = ownerNames.safeParse({ users: of('passwd'), groups: of('group') })
  if (!lines.some(([first]) => first === 'end'))
    throw unreadableSurvey('its users and groups', text.slice(0, 300))
  if (!parsed.success) throw unreadableSurvey('its users and groups', z.prettifyError(parsed.error))
  return parsed.data
}
