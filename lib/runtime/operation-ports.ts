import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { scramVerifier } from '@/lib/io/secrets/scram-verifier'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { missingProfile } from '@/lib/profiles/loaded-profiles'
import type { Profile } from '@/lib/profiles/schema'
import type { Wiring } from '@/lib/runtime/wiring'

/** 144 bits in base64url: letters, digits, `-` and `_`, nothing that a shell, SQL or a passfile has to quote. */
const makePassword = (): string => randomBytes(18).toString('base64url')

/** What operations need of this process. */
export function operationPorts({
  doors,
  store,
  profiles,
  profileProblems,
  clock,
}: Pick<Wiring, 'doors' | 'store' | 'profiles' | 'profileProblems' | 'clock'>): OperationPorts {
  const profile = (id: string): Profile => {
    const found = profiles.get(id)
    if (!found) throw missingProfile(id, { profiles, profileProblems })
    return found
  }
  return {
    doors,
    hosts: store.hosts,
    pairs: store.pairs,
    operations: store.operations,
    drills: store.drills,
    dashboard: { identity: () => store.dashboard.identity(), machine: hostname() },
    profile,
    makePassword,
    scramVerifier,
    clock,
  }
}
