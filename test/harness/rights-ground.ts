import { readFileSync } from 'node:fs'
import type { Host } from '@/lib/domain/host'
import type { Pair } from '@/lib/domain/pair'
import { parseProfile } from '@/lib/profiles/parse-profile'
import { root } from '@/test/repository/source-files'

const hostOf = (name: string, address: string): Host => ({
  id: name,
  name,
  address,
  port: 22,
  user: 'operator',
  authKind: 'key',
  hostKeyFingerprint: 'SHA256:x',
  hostKey: 'ssh-ed25519 AAAA',
  privilege: 'sudo',
  machineId: null,
  home: '/home/operator',
  accessRevision: 1,
})

/** Two hosts that are signed in to with sudo, and the pair that they are or will be. */
export function pairFacts() {
  const path = `${root}/lib/profiles/generic-debian.yaml`
  const profile = parseProfile(readFileSync(path, 'utf8'), path)
  const hosts = { primary: hostOf('alpha', '10.7.0.11'), standby: hostOf('beta', '10.7.0.12') }
  const pair: Pair = {
    id: '',
    slug: 'ledger',
    profileId: profile.id,
    scope: { database: true, files: true },
    settings: { walKeepSegments: 32, directories: profile.directories },
    hosts: { primary: 'alpha', standby: 'beta' },
    isPaired: false,
    formerPrimary: 'none',
  }
  return { profile, hosts, pair }
}
