import { fingerprintOfLine } from '@/lib/commands/key-fingerprint'
import type { PreflightCheck } from '@/lib/domain/preflight'
import {
  accessCheck,
  missing,
  rightHostCheck,
  sudoCheck,
  twoHostsCheck,
} from '@/lib/operations/preflight/access-checks'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { fail, type Outcome, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'
import { sshPortCheck } from '@/lib/operations/preflight/postgres-checks'
import type { RotateGround } from '@/lib/operations/rotate-key/basis'

/** The key that is rotated, and that it is one at all. What is missing of it is made by the rotation itself. */
function keyCheck({ facts: { access }, hosts: { primary, standby } }: RotateGround): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('standby-key', 'The key that is rotated', 'standby', outcome)
  const found = answerOf(access)
  if (!found) return make(missing(access))
  const letIn = `a line in authorized_keys of ${primary.user} on ${primary.name}`
  if (found.publicKey === '')
    return make(
      warn(`There is no key of the pair on ${standby.name}.`, 'The one that is made now takes its place.'),
    )
  const fingerprint = fingerprintOfLine(found.publicKey) ?? 'one that can’t be read'
  return make(
    found.isLetIn
      ? pass(`${standby.name} has the key ${fingerprint}, and ${letIn} is the pair’s.`)
      : warn(
          `${standby.name} has the key ${fingerprint}, and no line of the pair’s is in authorized_keys of ${primary.user} on ${primary.name}.`,
          'The one that is made now is let in.',
        ),
  )
}

/** The file sync is there: what the standby copies by, and how it reaches the primary. */
function reachCheck({ facts: { reach }, hosts: { standby } }: RotateGround): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('sync-settings', 'Settings of the file sync', 'standby', outcome)
  const found = answerOf(reach)
  if (!found) return make(missing(reach))
  return make(
    found.pairFile === null
      ? fail(
          `The settings of the file sync are not on ${standby.name}.`,
          'See who removed them. Leave the files out and take them in again (change settings): that installs the sync anew.',
        )
      : pass('They are there.'),
  )
}

/** The new key is let in from the standby's registered address alone. */
function sourceCheck({ facts: { link }, hosts: { primary, standby } }: RotateGround): PreflightCheck {
  const make = (outcome: Outcome) =>
    toCheck('standby-address', 'The address that the key is bound to', 'standby', outcome)
  if (link.source === null)
    return make(
      warn(
        `${standby.name} does not say by which address it goes to ${primary.name}; the key is let in from ${standby.address} alone.`,
        'The rotation proves it before the old key goes.',
      ),
    )
  return make(
    link.source === standby.address
      ? pass(`${standby.name} goes to ${primary.name} by ${link.source}: the key is let in from there alone.`)
      : warn(
          `${standby.name} goes to ${primary.name} by ${link.source}, and the key is let in from ${standby.address} alone.`,
          `Is that changed on the way? If not, register ${standby.name} by the address that it comes from (change access), then plan again.`,
        ),
  )
}

/** All checks of a rotation, each with its evidence and fix. */
export function rotatePreflight(ground: RotateGround): readonly PreflightCheck[] {
  const { facts, profile } = ground
  const { primary, standby } = facts
  const access = [accessCheck('primary', primary), accessCheck('standby', standby)]
  if (access.some(({ outcome }) => outcome === 'fail')) return access
  return [
    ...access,
    // Without root all that is touched is the login's own.
    ...(primary.isUnprivileged ? [] : [sudoCheck('primary', primary, null, profile.application)]),
    ...(standby.isUnprivileged ? [] : [sudoCheck('standby', standby, null, profile.application)]),
    rightHostCheck('primary', primary),
    rightHostCheck('standby', standby),
    twoHostsCheck(primary, standby),
    sshPortCheck(primary, standby, facts.link),
    sourceCheck(ground),
    reachCheck(ground),
    keyCheck(ground),
  ]
}
