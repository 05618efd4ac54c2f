import { expect, test } from 'vitest'
import type { VerifiedPart } from '@/lib/domain/observation'
import { verifiedPercent, verifiedShare } from '@/lib/domain/verified-share'

const whole = { files: 100, bytes: 1_000 }
const part = (over: Partial<VerifiedPart> = {}): VerifiedPart => ({
  startedAt: '2026-11-23T02:00:00Z',
  endedAt: null,
  files: 40,
  bytes: 300,
  ...over,
})
const last = part({
  startedAt: '2026-11-16T02:00:00Z',
  endedAt: '2026-11-16T03:00:00Z',
  files: 98,
  bytes: 990,
})

test('nothing is verified where nothing was compared', () => {
  for (const verification of [null, undefined, { ...whole, pass: null, lastPass: null }])
    expect(verifiedShare(verification)).toBeNull()
})

test('a first time that is on its way counts for what it has reached', () => {
  expect(verifiedShare({ ...whole, pass: part(), lastPass: null })).toEqual({
    files: 40,
    wholeFiles: 100,
    bytes: 300,
    wholeBytes: 1_000,
    since: '2026-11-23T02:00:00Z',
    isUnderWay: true,
  })
})

test('while it is gone over again what was verified the time before still is, from then on', () => {
  expect(verifiedShare({ ...whole, pass: part(), lastPass: last })).toMatchObject({
    files: 98,
    bytes: 990,
    since: last.startedAt,
    isUnderWay: true,
  })
  expect(verifiedShare({ ...whole, pass: part({ endedAt: 'later' }), lastPass: last })).toMatchObject({
    files: 40,
    since: '2026-11-23T02:00:00Z',
    isUnderWay: false,
  })
})

test.each([
  [{ files: 40, bytes: 300 }, '29 %'],
  [{ files: 99, bytes: 1_000 }, '99 %'],
  [{ files: 0, bytes: 0 }, '0 %'],
  [{ files: 100, bytes: 1_000 }, '100 %'],
  [{ files: 120, bytes: 2_000 }, '100 %'],
])('%j of it is %s: all of it only where every file is', (pass, percent) => {
  const share = verifiedShare({ ...whole, pass: part(pass), lastPass: null })
  expect(share && verifiedPercent(share)).toBe(percent)
})

test('of an empty directory all is verified', () => {
  const share = verifiedShare({ files: 0, bytes: 0, pass: part({ files: 0, bytes: 0 }), lastPass: null })
  expect(share && verifiedPercent(share)).toBe('100 %')
})
