import type { Plan } from '@/lib/domain/operation'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { type AdoptVariant, adoptVariant } from '@/test/harness/adopt-variants'
import { standbyServer } from '@/test/harness/found-facts'
import { hostFactsOf, hostOf, primaryServer, profileOf } from '@/test/harness/operation-facts'
import { soarFactsOf, soarHost, soarProfile } from '@/test/harness/soar-facts'

const now = new Date('2026-11-23T03:00:00Z')
const seen = <T>(value: T) => ({ seen: true as const, value })
const senders = [{ applicationName: 'x', clientAddress: '10.7.0.12', state: 'streaming' }]

const pairOf = (profile: AdoptVariant['profile'], paths: readonly string[]) => ({
  id: 'pair-1',
  slug: 'ledger',
  profileId: profile.id,
  scope: { database: true, files: paths.length > 0, packages: false },
  settings: {
    walKeepSegments: 32,
    slotWalSegments: 64,
    directories: profile.directories.filter(({ path }) => paths.includes(path)),
  },
  hosts: { primary: 'id-alpha', standby: 'id-beta' },
  isPaired: true,
  formerPrimary: 'none' as const,
})

/** A pair of `alpha` and `beta` on hosts with root. */
export function foundPlan(over: Partial<AdoptVariant> = {}, versionNum = 150018): Plan {
  const profile = profileOf()
  return adoptVariant(
    {
      kind: 'by-hand',
      operationId: '0a1b2c3d-0000-4000-8000-000000000000',
      profile,
      pair: pairOf(profile, ['/srv/ledger/reports']),
      hosts: { primary: hostOf('alpha', '10.7.0.11'), standby: hostOf('beta', '10.7.0.12') },
      found: {
        primary: withDirectories(
          hostFactsOf('alpha', { server: seen({ ...primaryServer({ senders }), versionNum }) }),
          ['/srv/ledger/reports'],
        ),
        standby: withDirectories(hostFactsOf('beta', { server: seen(standbyServer({ versionNum })) }), [
          '/srv/ledger/reports',
        ]),
      },
      pieces: [],
      ...over,
    },
    now,
  )
}

/** A host on which the directories lie that the recorded jobs copy. */
function withDirectories(host: HostFacts, paths: readonly string[]): HostFacts {
  const [place, ...more] = answerOf(host.paths) ?? []
  if (!place) throw new Error('a sound host has a path')
  return { ...host, paths: seen([place, ...more, ...paths.map((path) => ({ ...place, path }))]) }
}

/** A pair that repmgr made, on hosts with root: it copies no files. */
export const repmgrPlan = (over: Partial<AdoptVariant> = {}) => {
  const profile = profileOf()
  return foundPlan({ kind: 'repmgr', pair: pairOf(profile, []), ...over })
}

/** One on hosts where nobody becomes root, as the seed's script leaves it. */
export function foundSeedPlan(over: Partial<AdoptVariant> = {}): Plan {
  const profile = soarProfile
  const paths = profile.directories
    .filter(({ id }) => ['vault', 'playbooks', 'app-states'].includes(id))
    .map(({ path }) => path)
  const server = (which: 'alpha' | 'beta') => {
    const found = answerOf(soarFactsOf(which).server)
    if (!found) throw new Error('a sound host has a server')
    return found
  }
  const following = { systemIdentifier: server('alpha').systemIdentifier, inRecovery: true }
  return foundPlan({
    kind: 'seed-script',
    profile,
    pair: { ...pairOf(profile, paths), slug: 'soar' },
    hosts: { primary: soarHost('alpha', '10.7.0.11'), standby: soarHost('beta', '10.7.0.12') },
    found: {
      primary: soarFactsOf('alpha', { server: seen({ ...server('alpha'), senders }) }),
      standby: soarFactsOf('beta', {
        server: seen({ ...server('beta'), ...following, receiverStatus: 'streaming' }),
      }),
    },
    ...over,
  })
}
