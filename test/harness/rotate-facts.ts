import type { HostFacts } from '@/lib/operations/preflight/host-facts'
import type { RotateFacts } from '@/lib/operations/rotate-key/facts'
import type { Ground } from '@/test/harness/plan-variants'

const seen = <T>(value: T) => ({ seen: true as const, value })

/** Two public keys, as ssh-keygen(1) makes them. */
export const someKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl understudy-ledger'
export const otherKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEiJKZwoXk8Lqm0bnZ3vqBsmhpFS8BPsYjFHIGqXqHzL understudy-ledger'

/** What is found of the access between two hosts of a pair: a key that is let in, and files that know the primary as it is registered. */
export const rotateFactsOf = (
  hosts: { readonly primary: HostFacts; readonly standby: HostFacts },
  over: Partial<RotateFacts> & { readonly hostKey?: string } = {},
): RotateFacts => {
  const { hostKey = '', ...more } = over
  const { primary, standby } = hosts
  return {
    primary,
    standby,
    link: { postgres: 'not-asked', ssh: 'pinned-key', sshBack: 'pinned-key', source: standby.address },
    access: seen({ publicKey: someKey, isLetIn: true }),
    formerAccess: seen({ publicKey: '', isLetIn: false }),
    reach: seen({
      knownHosts: `${primary.address} ${hostKey}\n`,
      pairFile: `primary=${primary.address}\nprimary_port=22\nprimary_user=${primary.user}\ncheck_role=yes\n`,
    }),
    ...more,
  }
}

/** Of each ground another one: the host key is another by now, or the roles were exchanged before. */
export const rotateFactsFor = (
  { hasCheck, isTls }: Ground,
  found: { readonly primary: HostFacts; readonly standby: HostFacts },
): RotateFacts =>
  rotateFactsOf(found, {
    hostKey: isTls ? 'ssh-ed25519 AAAB' : 'ssh-ed25519 AAAA',
    ...(hasCheck ? { formerAccess: seen({ publicKey: otherKey, isLetIn: true }) } : {}),
  })
