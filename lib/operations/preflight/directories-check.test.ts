import { describe, expect, test } from 'vitest'
import type { PathFacts } from '@/lib/facts/path-survey'
import { targetsOf } from '@/lib/operations/create/targets-of'
import { directoriesCheck } from '@/lib/operations/preflight/directories-check'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { createFactsOf, createInputOf, hostFactsOf } from '@/test/harness/operation-facts'
import { groundOf, grounds } from '@/test/harness/plan-variants'

const vault = '/srv/ledger/vault'
const { directories } = createInputOf().settings

function withVault(host: 'alpha' | 'beta', over: Partial<PathFacts>) {
  const facts = hostFactsOf(host)
  const paths = (answerOf(facts.paths) ?? []).map((place) =>
    place.path === vault ? { ...place, ...over } : place,
  )
  return hostFactsOf(host, { paths: { seen: true, value: paths } })
}
const check = (over: Partial<PathFacts>) =>
  directoriesCheck(hostFactsOf('alpha'), withVault('beta', over), directories)

describe('the standby’s synced directories', () => {
  test.each<[string, Partial<PathFacts>, string, string]>([
    [
      'is the root of a file system',
      { isMountPoint: true },
      'the root of a file system',
      'mounted at each boot',
    ],
    ['is a link to a directory', { isLink: true }, 'or a link', 'mounted at each boot'],
  ])('one that %s makes room within itself, which is said', (_, over, says, fix) => {
    const { outcome, evidence, fix: given } = check(over)
    expect(outcome).toBe('warn')
    expect(evidence).toContain(`${vault} on beta`)
    expect(evidence).toContain(says)
    expect(given).toContain(fix)
  })

  test.each<[string, Partial<PathFacts>, string, string]>([
    [
      'has a file system mounted in it',
      { mountsWithin: [`${vault}/archive`] },
      `${vault}/archive`,
      '/etc/fstab',
    ],
    ['is on a network’s file system', { fileSystem: 'nfs4' }, `${vault} (nfs4)`, 'if both hosts share it'],
    [
      'is a mount of a cluster’s file system',
      { fileSystem: 'fuse.glusterfs', isMountPoint: true },
      `${vault} (fuse.glusterfs)`,
      'of its own',
    ],
    ['is on nobody knows what', { fileSystem: '' }, `${vault} (unknown)`, 'of its own'],
  ])('one that %s is refused, before anything is done', (_, over, says, fix) => {
    const { outcome, evidence, fix: given } = check(over)
    expect(outcome).toBe('fail')
    expect(evidence).toContain(says)
    expect(given).toContain(fix)
  })

  test('on file systems of its own disks pass, and one that is not there yet', () => {
    for (const fileSystem of ['ext4', 'xfs', 'btrfs', 'zfs', 'overlay'])
      expect(check({ fileSystem }).outcome).toBe('pass')
    expect(check({ exists: false, isLink: true, uid: null, gid: null }).outcome).toBe('pass')
  })

  test('may be mounts on the primary: nothing is moved there', () => {
    const primary = withVault('alpha', {
      isMountPoint: true,
      mountsWithin: [`${vault}/a`],
      fileSystem: 'nfs',
    })
    expect(directoriesCheck(primary, hostFactsOf('beta'), directories).outcome).toBe('pass')
  })
})

test('what the check says stays in its place is what the plan leaves there', () => {
  const given = grounds[0]?.given
  if (!given) throw new Error('there are no grounds')
  const { pair } = groundOf(given)
  const staying = (over: Partial<PathFacts>) =>
    targetsOf({ pair, facts: createFactsOf({ standby: withVault('beta', over) }) }).flatMap(
      ({ path, staysInPlace }) => (staysInPlace ? [path] : []),
    )
  expect(staying({})).toEqual([])
  expect(staying({ isMountPoint: true })).toEqual([vault])
  expect(staying({ isLink: true })).toEqual([vault])
  expect(staying({ isLink: true, exists: false })).toEqual([])
})
