import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compareVersions } from '@/lib/domain/package-versions'
import { packageKinds } from '@/lib/domain/packages'

const signs = { '<': -1, '=': 0, '>': 1 } as const

/** Recorded from dpkg 1.21 (`--compare-versions`), rpm 4.18 (`rpm.vercmp`) and the packaging of pip 23.0 (`Version`). */
describe.each(packageKinds)('versions of %s', (kind) => {
  const lines = readFileSync(`test/recorded/packages/versions-${kind}.txt`, 'utf8').trimEnd().split('\n')

  test('stand to each other as its own tool says', () => {
    expect(lines.length).toBeGreaterThan(100)
    for (const line of lines) {
      const [one = '', sign = '', other = ''] = line.split(' ')
      const wanted = signs[sign as keyof typeof signs]
      expect(`${line}: ${Math.sign(compareVersions(kind, one, other) ?? Number.NaN)}`).toBe(
        `${line}: ${wanted}`,
      )
      expect(Math.sign(compareVersions(kind, other, one) ?? Number.NaN)).toBe(wanted === 0 ? 0 : -wanted)
    }
  })
})

test('an epoch decides before all else', () => {
  expect(compareVersions('deb', '1:1', '2')).toBeGreaterThan(0)
  expect(compareVersions('rpm', '1:1-1', '0:2-1')).toBeGreaterThan(0)
  expect(compareVersions('pip', '1!1', '2')).toBeGreaterThan(0)
})

test('what is no version by PEP 440 can’t be told older or newer', () => {
  expect(compareVersions('pip', '2004d-final', '1.0')).toBeNull()
})
