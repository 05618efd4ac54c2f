import { expect, test } from 'vitest'
import { parseDivergedSummary } from '@/lib/facts/diverged-summary'

test('transactions, times and changed relations are read; a summary of nothing is none', () => {
  const text =
    'from=0/90213F8\ncommits=31\naborts=1\nfirst=2026-11-30 09:39:22 UTC\nlast=2026-11-30 09:39:28 UTC\nrelations=2\nrel=1663/16384/24590 2\nrel=1663/5/1259 7\n'
  expect(parseDivergedSummary(text)).toEqual({
    from: '0/90213F8',
    commits: 31,
    aborts: 1,
    first: '2026-11-30 09:39:22 UTC',
    last: '2026-11-30 09:39:28 UTC',
    relations: 2,
    changed: [
      { tablespace: 1663, database: 16_384, fileNode: 24_590, records: 2 },
      { tablespace: 1663, database: 5, fileNode: 1259, records: 7 },
    ],
  })
  expect(parseDivergedSummary('from=0/1\n')).toMatchObject({ commits: 0, relations: 0, changed: [] })
})
