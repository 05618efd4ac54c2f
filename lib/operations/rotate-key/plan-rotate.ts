import { fingerprintOfLine } from '@/lib/commands/key-fingerprint'
import type { Plan } from '@/lib/domain/operation'
import { pairFilePath } from '@/lib/domain/sync-names'
import { rotatePreflight } from '@/lib/operations/preflight/rotate-preflight'
import { type RotateBasis, type RotateGround, rotateBasis } from '@/lib/operations/rotate-key/basis'
import { hostKeySentence } from '@/lib/operations/rotate-key/host-key-sentence'
import { rotateSteps } from '@/lib/operations/rotate-key/rotate-steps'

/** As whom the standby signed in on the primary until now, where that is another user: what is that user's own is not ours to change. */
function formerUser({ reach, sync }: RotateBasis): string | null {
  const pairFile = reach.find(({ file }) => file.path === pairFilePath(sync.places.standby))
  const user = /^primary_user=(.*)$/m.exec(pairFile?.before ?? '')?.[1] ?? sync.primary.user
  return user === sync.primary.user ? null : user
}

function warningsOf(basis: RotateBasis): readonly string[] {
  const { hosts, former, facts } = basis
  const user = formerUser(basis)
  const hostKey = hostKeySentence(basis)
  const formerKey = facts.formerAccess.seen ? fingerprintOfLine(facts.formerAccess.value.publicKey) : null
  return [
    ...(hostKey === null ? [] : [hostKey]),
    ...(user === null
      ? []
      : [
          `The standby has signed in on ${hosts.primary.name} as ${user} and does so as ${hosts.primary.user} from now on. The line of the pair’s in authorized_keys of ${user} is not ours to change: take it away there.`,
        ]),
    ...(former === null
      ? []
      : [
          `${hosts.primary.name} still has a key of its own for ${hosts.standby.name}${formerKey === null ? '' : ` (${formerKey})`}, from when the roles were the other way round. It is taken away: the next exchange of roles makes a new one.`,
        ]),
  ]
}

/** The plan of a rotation. Without steps where a host could not be asked: its failed checks say why. */
export function planRotate(ground: RotateGround, now: Date): Plan {
  const { operationId, pair, hosts, facts } = ground
  const basis = rotateBasis(ground)
  return {
    operationId,
    kind: 'rotate-key',
    pairId: pair.id,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    madeAt: now.toISOString(),
    steps: basis ? rotateSteps(basis).map(({ planned }) => planned) : [],
    preflight: rotatePreflight(ground),
    warnings: basis ? warningsOf(basis) : [],
    acknowledgement: '',
    facts,
  }
}
