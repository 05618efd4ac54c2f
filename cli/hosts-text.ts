import { textTable } from '@/cli/text-table'
import type { Host } from '@/lib/domain/host'
import type { AccessTestView } from '@/lib/domain/views'

const head = ['Host', 'Address', 'User', 'Privilege', 'Signs in by', 'Host key']

/** One line a host. */
export const hostsText = (hosts: readonly Host[]): string =>
  hosts.length === 0
    ? 'There is no host yet.'
    : textTable([
        head,
        ...hosts.map(({ name, address, port, user, privilege, authKind, hostKeyFingerprint }) => [
          name,
          port === 22 ? address : `${address} port ${port}`,
          user,
          privilege ?? 'unknown',
          authKind,
          hostKeyFingerprint ?? 'not confirmed',
        ]),
      ])

/** What a sign-in found. */
export const testedText = (name: string, tested: AccessTestView): string =>
  textTable([
    ['Host', name],
    ['Calls itself', tested.hostname ?? 'unknown'],
    ['Operating system', tested.operatingSystem ?? 'unknown'],
    ['Privilege', tested.privilege ?? 'unknown'],
    ['Host key', tested.fingerprint],
  ])
