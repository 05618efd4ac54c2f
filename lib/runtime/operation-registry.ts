import { randomBytes } from 'node:crypto'
import { AppError } from '@/lib/errors'
import { scramVerifier } from '@/lib/io/secrets/scram-verifier'
import { buildRegistry } from '@/lib/operations/build-registry'
import type { OperationRegistry } from '@/lib/operations/registry'
import type { Wiring } from '@/lib/runtime/wiring'

/** Every kind of operation on this process's store, doors and profiles, for the worker. */
export function createOperationRegistry({
  store,
  doors,
  profiles,
  clock,
}: Pick<Wiring, 'store' | 'doors' | 'profiles' | 'clock'>): OperationRegistry {
  return buildRegistry({
    doors,
    hosts: store.hosts,
    pairs: store.pairs,
    profile: (id) => {
      const profile = profiles.get(id)
      if (profile) return profile
      throw new AppError('NOT_FOUND', `The profile “${id}” is not loaded.`, {
        fix: 'Put its file back into the folder of profiles and restart Understudy.',
      })
    },
    makePassword: () => randomBytes(24).toString('base64url'),
    scramVerifier,
    clock,
  })
}
