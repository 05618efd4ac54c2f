import { expect, test } from 'vitest'
import { hostLines } from '@/cli/host-status-text'
import { primaryFacts } from '@/components/status/host-facts'
import type { FoundJob } from '@/lib/domain/adopt/found-replication'
import { isSetToFollow, standbySetTo, vaultSyncConfigured } from '@/lib/domain/configured'
import type { Host } from '@/lib/domain/host'
import type { Pair } from '@/lib/domain/pair'
import { printSeedStatus, seedStatusOf } from '@/lib/domain/seed-status'
import type { PairView } from '@/lib/domain/views'
import { aFound, anAdoption } from '@/test/harness/adoption'
import { type Changes, observationOf, pair } from '@/test/harness/observations'

const host = (name: string, address: string) => ({ id: `host-${name}`, name, address }) as Host
const viewOf = (changes: Changes = {}, over: Partial<Pair> = {}, standbyAddress = '10.0.0.2') =>
  ({
    pair: { ...pair, ...over },
    hosts: { primary: host('a', '10.0.0.1'), standby: host('b', standbyAddress) },
    observation: observationOf(changes),
    leftOut: [],
  }) as unknown as PairView

/** The same of the seed's text, the command line and the page: a label's value there, as words. */
function saidOf(view: PairView) {
  const status = seedStatusOf(view, 'primary')
  const seed = status ? printSeedStatus(status, 'Phantom').split('\n') : []
  const line = (label: string) => hostLines(view, ['primary']).find(([first]) => first === label)?.[1]
  const facts = new Map(primaryFacts(view, null).map(({ label, value }) => [label, value ?? 'unknown']))
  const end = (text: string) =>
    seed
      .find((each) => each.includes(text))
      ?.split(text)[1]
      ?.trim()
  return {
    vault: [end('Vault sync '), line('Vault sync'), facts.get('Vault sync')],
    standby: [end('DB replication '), line('Replication with'), facts.get('Standby set to')],
  }
}
const all = (words: string) => [words, words, words]

const unscheduled: Changes = { standbyMachine: { syncScheduled: false } }
const unseen: Changes = { standbyMachine: { unseen: 'HOST_UNREACHABLE' } }
const withoutVault: Partial<Pair> = {
  settings: { ...pair.settings, directories: pair.settings.directories.filter(({ id }) => id !== 'vault') },
}

test.each<[string, Changes, Partial<Pair>, string]>([
  ['a vault among the files and a schedule on the standby', {}, {}, 'configured'],
  ['no schedule on the standby', unscheduled, {}, 'not configured'],
  ['other directories scheduled, and the vault left out', {}, withoutVault, 'not configured'],
  ['all files left out', {}, { scope: { database: true, files: false } }, 'not configured'],
  ['a standby that is not seen', unseen, {}, 'unknown'],
  ['one that is not seen, where no vault is to be synced', unseen, withoutVault, 'not configured'],
  ['a former primary, which has no schedule', unscheduled, { formerPrimary: 'fenced' }, 'not configured'],
  ['a former primary that is not seen', unseen, { formerPrimary: 'watched' }, 'not configured'],
])('the vault sync is told alike by seed text, command line and page: with %s', (_, changes, over, words) => {
  expect(saidOf(viewOf(changes, over)).vault).toEqual(all(words))
})

const cut: Changes = { primaryServer: { senders: [] }, standbyServer: { receiver: null } }

test('a host that a promotion left behind is told as the standby by none of them', () => {
  for (const formerPrimary of ['fenced', 'watched'] as const) {
    const { standby } = saidOf(viewOf(cut, { formerPrimary }))
    expect(standby).toEqual(['not configured', 'nobody', 'none'])
  }
  expect(saidOf(viewOf(cut)).standby).toEqual([
    'configured with Standby set to:  10.0.0.2/32',
    'standby 10.0.0.2/32',
    '10.0.0.2/32',
  ])
})

test('one that was made to follow the new primary by hand is a standby again', () => {
  const view = viewOf({}, { formerPrimary: 'fenced' })
  expect(standbySetTo(view, 'primary')).toBe('10.0.0.2/32')
  expect(isSetToFollow(view, 'standby')).toBe(true)
})

test('a pair replicates from its primary to its standby alone, and not before it is one', () => {
  const view = viewOf()
  expect(standbySetTo(view, 'standby')).toBeNull()
  expect(isSetToFollow(view, 'primary')).toBe(false)
  const unpaired = viewOf({}, { isPaired: false })
  expect([standbySetTo(unpaired, 'primary'), vaultSyncConfigured(unpaired)]).toEqual([null, false])
  const files = viewOf({}, { scope: { database: false, files: true } })
  expect([standbySetTo(files, 'primary'), vaultSyncConfigured(files)]).toEqual([null, true])
})

test('a pair that nobody has looked at yet is set to its standby, and of its schedule nothing is known', () => {
  const view = { ...viewOf(), observation: null }
  expect(standbySetTo(view, 'primary')).toBe('10.0.0.2/32')
  expect(standbySetTo({ ...view, pair: { ...pair, formerPrimary: 'watched' } }, 'primary')).toBeNull()
  expect(vaultSyncConfigured(view)).toBeNull()
})

test('an address of version 6 is a network of its own length', () => {
  expect(standbySetTo(viewOf({}, {}, 'fd00::2'), 'primary')).toBe('fd00::2/128')
})

test('of a pair that is only observed the vault is configured where a job of somebody else’s copies it', () => {
  const job: FoundJob = {
    role: 'standby',
    place: { kind: 'crontab', user: 'root' },
    schedule: '* * * * *',
    runsAs: 'root',
    line: '* * * * * rsync',
    digest: 'd',
    script: null,
    copies: [{ from: '/srv/vault', to: '/srv/vault', direction: 'pull', deletes: true, filters: [] }],
  }
  const observed = (jobs: readonly FoundJob[]) =>
    viewOf(unscheduled, { adoption: anAdoption({ found: { ...aFound, jobs } }) })
  expect(saidOf(observed([job])).vault).toEqual(all('configured'))
  expect(saidOf(observed([])).vault).toEqual(all('not configured'))
  expect(seedStatusOf(observed([job]), 'standby')).toMatchObject({ isRsyncConfigured: true })
})
