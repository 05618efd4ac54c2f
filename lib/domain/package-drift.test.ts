import { expect, test } from 'vitest'
import { driftOf } from '@/lib/domain/drift-of'
import { missingCount, otherCount, summariseDrifts } from '@/lib/domain/package-drift'

const one = (name: string, version: string) => ({ name, version })
const readAt = '2026-11-23T03:00:00.000Z'
const why = {
  code: 'HOST_COMMAND_FAILED' as const,
  message: 'beta could not list its packages.',
  fix: 'Look.',
}

test('each package that differs is told by a word, what is missing first; what is the same is not told', () => {
  const primary = [one('a', '2'), one('b', '1'), one('c', '1'), one('d', '1'), one('same', '1')]
  const standby = [one('a', '1'), one('b', '2'), one('same', '1'), one('z', '9')]
  expect(driftOf('deb', primary, standby)).toEqual([
    { name: 'c', word: 'missing', primary: '1', standby: null },
    { name: 'd', word: 'missing', primary: '1', standby: null },
    { name: 'a', word: 'older', primary: '2', standby: '1' },
    { name: 'b', word: 'newer', primary: '1', standby: '2' },
    { name: 'z', word: 'only on standby', primary: null, standby: '9' },
  ])
})

test('versions that can’t be ordered, or that order alike, are told as another one', () => {
  expect(driftOf('pip', [one('a', '1.0')], [one('a', 'final')])).toMatchObject([{ word: 'other' }])
  expect(driftOf('pip', [one('a', '1.0')], [one('a', '1.0.0')])).toMatchObject([{ word: 'other' }])
})

test('the summary counts by word, names the first that are missing, and keeps why something is not known', () => {
  const primary = Array.from({ length: 8 }, (_, index) => one(`p${index}`, '1'))
  const summary = summariseDrifts({
    readAt,
    kinds: [
      {
        kind: 'deb',
        primaryCount: 8,
        standbyCount: 1,
        drifts: driftOf('deb', primary, [one('p0', '2')]),
        why: null,
      },
      { kind: 'pip', why },
    ],
  })
  expect(summary.kinds[0]).toMatchObject({ counts: { missing: 7, newer: 1, older: 0 }, why: null })
  expect(summary.kinds[0]?.missing).toEqual(['p1', 'p2', 'p3', 'p4', 'p5'])
  expect(summary.kinds[1]).toMatchObject({ counts: { missing: 0 }, why })
  expect([missingCount(summary), otherCount(summary)]).toEqual([7, 1])
})
