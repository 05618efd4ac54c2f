import { describe, expect, test } from 'vitest'
import { decideVerdict } from '@/lib/domain/decide-verdict'
import { findLeavings, leavingSentence, nothingWitnessed, witness } from '@/lib/domain/fork-witness'
import type { Observation } from '@/lib/domain/observation'
import { emptyHistory, remember } from '@/lib/domain/pair-history'
import { type Changes, hostNames, limits, observationOf, pair } from '@/test/harness/observations'

/** One look a second, the first at 14:00:00. */
const looksAt = (...looks: readonly Changes[]): readonly Observation[] =>
  looks.map((changes, second) =>
    observationOf(changes, new Date(Date.UTC(2026, 10, 25, 14, 0, second)).toISOString()),
  )
const witnessed = (looks: readonly Observation[], known = nothingWitnessed) =>
  looks.reduce((before, look) => witness(before, pair.hosts, look), known)
const leavings = (looks: readonly Observation[]) => findLeavings(witnessed(looks), pair.hosts)

const at = (lsn: string) => ({
  primaryServer: { currentLsn: lsn },
  standbyServer: { receivedLsn: lsn, replayedLsn: lsn },
})
const alone = { inRecovery: false, receiver: null, receivedLsn: null, replayedLsn: null }
const gone = { unseen: 'POSTGRES_DOWN' } as const
/** The standby was promoted by hand while the primary went on. */
const promoted = (own: string, primary: string): Changes => ({
  primaryServer: { currentLsn: primary },
  standbyServer: { ...alone, timeline: 2, currentLsn: own },
})

describe('which host left the common line', () => {
  test('nobody, while one follows the other', () => {
    expect(leavings(looksAt(at('0/3000000'), at('0/3000100'), at('0/3000200')))).toEqual([])
  })

  test('the one that was promoted, between the last look on the line and the first off it', () => {
    const found = leavings(looksAt(at('0/3000000'), at('0/3000100'), promoted('0/3000180', '0/3000200')))
    expect(found).toMatchObject([
      {
        hostId: pair.hosts.standby,
        on: { at: '2026-11-25T14:00:01.000Z', lsn: '0/3000100' },
        off: { at: '2026-11-25T14:00:02.000Z', lsn: '0/3000180' },
        to: { timeline: 2, isWritable: true },
      },
    ])
    expect(found.map((each) => leavingSentence(each, 'beta'))).toEqual([
      'beta left the line that both shared between 0/3000100 (Wed 25 Nov 2026, 14:00:01 UTC) and 0/3000180 (14:00:02): it was promoted to timeline 2.',
    ])
  })

  test('also when both were away in between, and came back with other start times', () => {
    const away = { primaryServer: gone, standbyServer: gone }
    const back = promoted('0/3000500', '0/3000900')
    const found = leavings(
      looksAt(at('0/3000000'), at('0/3000100'), away, away, {
        primaryServer: { ...back.primaryServer, startedAt: '2026-11-25T14:00:03.000Z' },
        standbyServer: { ...back.standbyServer, startedAt: '2026-11-25T14:00:03.500Z' },
      }),
    )
    expect(found).toMatchObject([
      { hostId: pair.hosts.standby, on: { lsn: '0/3000100' }, off: { lsn: '0/3000500' } },
    ])
  })

  test('also when it follows again by then, without a rewind', () => {
    const found = leavings(
      looksAt(at('0/3000100'), promoted('0/3000180', '0/3000200'), {
        standbyServer: { timeline: 2, receiver: null, receivedLsn: null, replayedLsn: '0/3000200' },
      }),
    )
    expect(found).toMatchObject([{ hostId: pair.hosts.standby, off: { lsn: '0/3000180' } }])
  })

  test('one that was made writable without a promotion', () => {
    const [found] = leavings(
      looksAt(at('0/3000100'), { standbyServer: { ...alone, timeline: 1, currentLsn: '0/3000180' } }),
    )
    expect(found && leavingSentence(found, 'beta')).toMatch(
      /: it was made writable on timeline 1 without a promotion\.$/,
    )
  })

  test('a primary whose position went back, as after a restore', () => {
    const cut = { receiver: null, receivedLsn: '0/3000100', replayedLsn: '0/3000100' }
    const [found] = leavings(
      looksAt(at('0/3000100'), { primaryServer: { currentLsn: '0/2000000' }, standbyServer: cut }),
    )
    expect(found).toMatchObject({
      hostId: pair.hosts.primary,
      on: { lsn: '0/3000100' },
      off: { lsn: '0/2000000' },
    })
    expect(found && leavingSentence(found, 'alpha')).toMatch(
      /: its own position went back, as after a restore\.$/,
    )
  })

  test('both, the earlier first', () => {
    const both = leavings(
      looksAt(at('0/3000100'), promoted('0/3000180', '0/3000200'), {
        ...promoted('0/3000190', '0/3000400'),
        primaryServer: { timeline: 3, currentLsn: '0/3000400' },
      }),
    )
    expect(both.map(({ hostId }) => hostId)).toEqual([pair.hosts.standby, pair.hosts.primary])
  })

  test('nobody, where the standby replays again from its last restart point, or the primary was only stopped', () => {
    const behind = {
      ...at('0/3000200'),
      standbyServer: { receiver: null, receivedLsn: null, replayedLsn: '0/2000000' },
    }
    expect(leavings(looksAt(at('0/3000100'), { primaryServer: gone }, behind, at('0/3000200')))).toEqual([])
  })

  test('is forgotten once one follows the other again', () => {
    const again: Changes = {
      primaryServer: { timeline: 2, currentLsn: '0/3000900' },
      standbyServer: { timeline: 2, receivedLsn: '0/3000900', replayedLsn: '0/3000900' },
    }
    expect(leavings(looksAt(at('0/3000100'), promoted('0/3000180', '0/3000200'), again))).toEqual([])
  })

  test('is not guessed where they were never seen together', () => {
    expect(leavings(looksAt(promoted('0/3000180', '0/3000200'), promoted('0/3000190', '0/3000400')))).toEqual(
      [],
    )
  })
})

test('roles that swap meanwhile change nothing: what is kept goes by the host', () => {
  const known = witnessed(looksAt(at('0/3000100'), promoted('0/3000180', '0/3000200')))
  const swapped = { primary: pair.hosts.standby, standby: pair.hosts.primary }
  expect(findLeavings(known, swapped)).toEqual(findLeavings(known, pair.hosts))
})

test('only the latest stretches are kept, however often a host changes', () => {
  const looks = Array.from({ length: 40 }, (_, index) =>
    promoted(`0/${(0x3000000 + index * 16).toString(16).toUpperCase()}`, '0/3000200'),
  ).map((changes, index) => ({
    ...changes,
    standbyServer: { ...changes.standbyServer, timeline: index + 2 },
  }))
  const kept = witnessed(looksAt(...looks)).stretches[pair.hosts.standby]
  expect(kept).toHaveLength(12)
  expect(kept?.at(-1)?.timeline).toBe(41)
})

test('two primaries are told with who left, where and when', () => {
  const looks = looksAt(at('0/3000100'), promoted('0/3000180', '0/3000200'))
  const observation = looks.at(-1)
  if (!observation) throw new Error('no look')
  const { state, reasons } = decideVerdict({
    ...{ pair, hostNames, limits, leftOut: [], operation: null, previous: null, observation },
    history: looks.reduce(remember, emptyHistory),
    witness: witnessed(looks),
  })
  expect(state).toBe('two-primaries')
  expect(reasons[1]).toContain(`${hostNames.standby} left the line that both shared between 0/3000100 (`)
})
