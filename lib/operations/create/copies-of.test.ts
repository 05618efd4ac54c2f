import { describe, expect, test } from 'vitest'
import type { DirectorySetting, Pair } from '@/lib/domain/pair'
import type { PathFacts } from '@/lib/facts/path-survey'
import { copiesOf } from '@/lib/operations/create/copies-of'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { pair } from '@/test/harness/observations'
import { createFactsOf, hostFactsOf } from '@/test/harness/operation-facts'

const seen = <T>(value: T) => ({ seen: true as const, value })
const mega = 1024 * 1024

function hostWith(
  which: 'alpha' | 'beta',
  processors: number | null,
  paths: readonly PathFacts[] = [],
): HostFacts {
  const facts = hostFactsOf(which)
  const machine = answerOf(facts.machine)
  if (!machine) throw new Error('no machine')
  return { ...facts, machine: seen({ ...machine, processors }), paths: seen([...paths]) }
}

const directory = (id: string, path = `/srv/${id}`): DirectorySetting => ({
  id,
  title: id,
  path,
  log: `${id}.log`,
  schedule: '* * * * *',
})
const [sample] = answerOf(hostFactsOf('alpha').paths) ?? []
function counted(path: string, sizes: PathFacts['sizes'], walk: PathFacts['walk'] = 'whole'): PathFacts {
  if (!sample) throw new Error('no path')
  return { ...sample, path, sizes, walk }
}
const pairOf = (...directories: DirectorySetting[]): Pair => ({
  ...pair,
  settings: { ...pair.settings, directories },
})

const small = { upToBytes: 16_384, files: 20_000, bytes: 160 * mega }
const large = { upToBytes: 128 * mega, files: 10, bytes: 1_000 * mega }
const few = { upToBytes: 1024, files: 10, bytes: 9_000 }

describe('how directories are copied for the first time', () => {
  test('by what was counted on the primary and the processors of both hosts: what takes longest begins first', () => {
    const paths = [
      counted('/srv/etc', [few]),
      counted('/srv/vault', [large, small]),
      counted('/srv/apps', []),
    ]
    const facts = createFactsOf({
      primary: hostWith('alpha', 8, paths),
      standby: hostWith('beta', 2),
    })
    const { streams, copies } = copiesOf({
      pair: pairOf(...['etc', 'vault', 'apps'].map((id) => directory(id))),
      facts,
    })
    expect(streams).toBe(2)
    expect(copies.map(({ directory: { id }, borders }) => [id, borders])).toEqual([
      ['vault', [16_384]],
      ['etc', []],
      ['apps', []],
    ])
  })

  test('each file counts for the directory that copies it alone', () => {
    const paths = [counted('/srv/vault', [small, large]), counted('/srv/vault/reports', [small])]
    const facts = createFactsOf({ primary: hostWith('alpha', 4, paths), standby: hostWith('beta', 4) })
    const directories = [directory('vault'), directory('reports', '/srv/vault/reports')]
    const { copies } = copiesOf({ pair: pairOf(...directories), facts })
    expect(copies.map(({ directory: { id }, borders }) => [id, borders])).toEqual([
      ['vault', []],
      ['reports', []],
    ])
  })

  test('one stream for each, two at once, where nothing was counted', () => {
    const notSeen = { seen: false as const, why: { code: 'HOST_TIMED_OUT', message: '', fix: '' } }
    const facts = createFactsOf({ primary: { ...hostWith('alpha', null), paths: notSeen, machine: notSeen } })
    const { streams, copies } = copiesOf({ pair: pairOf(directory('vault'), directory('etc')), facts })
    expect(streams).toBe(2)
    expect(copies.map(({ borders }) => borders)).toEqual([[], []])
  })
})
