import type { AccessTestInput, HostAuth } from '@/lib/domain/inputs'
import { AppError } from '@/lib/errors'
import type { AccessProbe, AccessTested, HostKeySeen } from '@/lib/ports/host-door'
import type { HostSecret } from '@/lib/ports/store'

/** How the kinds of proof are kept; what does not apply is null. */
export function toHostSecret(auth: HostAuth): HostSecret {
  const none: HostSecret = { privateKey: null, passphrase: null, password: null }
  if (auth.kind === 'key') return { ...none, privateKey: `${auth.privateKey}\n`, passphrase: auth.passphrase }
  if (auth.kind === 'password') return { ...none, password: auth.password }
  return none
}

/**
 * Signs in on a machine whose fingerprint the operator has confirmed. The key is fetched again and must be that one
 * (HOST_KEY_CHANGED), then the sign-in is bound to it: no credential is ever sent to a host that was not recognised.
 */
export async function probeAccess(
  access: AccessProbe,
  input: AccessTestInput,
  name = input.address,
): Promise<{ key: HostKeySeen; tested: AccessTested }> {
  const { address, port, user, auth } = input
  const key = await access.readHostKey(address, port)
  if (key.fingerprint !== input.fingerprint)
    throw new AppError(
      'HOST_KEY_CHANGED',
      `${name} now shows the host key ${key.fingerprint}, not the confirmed ${input.fingerprint}.`,
      { fix: 'Find out why before you go on; if it is right, confirm the new fingerprint.' },
    )
  const secret = toHostSecret(auth)
  const tested = await access.testAccess({
    name,
    address,
    port,
    user,
    authKind: auth.kind,
    secret,
    hostKey: key.hostKey,
  })
  return { key, tested }
}
