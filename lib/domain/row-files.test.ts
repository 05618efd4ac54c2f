import { expect, test } from 'vitest'
import { keptRowFiles } from '@/lib/domain/plan-facts'
import {
  isRowFilesNews,
  type RowFiles,
  type RowFilesLook,
  rowFilesLines,
  rowFilesSentences,
} from '@/lib/domain/row-files'

const found = (over: Partial<RowFilesLook> = {}): RowFiles => ({
  at: '2026-11-23T03:00:00.000Z',
  hostName: 'beta',
  looks: [
    {
      id: 'entries',
      title: 'Entries',
      directory: 'Vault',
      files: 12_345,
      missing: 0,
      names: [],
      strange: 0,
      isAll: true,
      why: '',
      ...over,
    },
  ],
})
const names = ['a', 'b', 'c', 'd', 'e', 'f']

test.each<[string, Partial<RowFilesLook>, readonly string[], boolean]>([
  [
    'nothing is missing',
    {},
    ['Entries: every file that rows refer to is in Vault on beta (12,345 files).'],
    false,
  ],
  [
    'one is missing',
    { missing: 1, names: ['a'] },
    ['Entries: 1 file that rows refer to is missing in Vault on beta: a.'],
    true,
  ],
  [
    'many are missing',
    { missing: 7_000, names },
    ['Entries: 7,000 files that rows refer to are missing in Vault on beta: a, b, c, d, e and 6,995 more.'],
    true,
  ],
  [
    'there was no time for all',
    { isAll: false },
    [
      'Entries: none of the first 12,345 files that rows refer to is missing in Vault on beta.',
      'Entries: there was no time to look for the rest.',
    ],
    true,
  ],
  [
    'some are missing of those that there was time for',
    { isAll: false, missing: 1, names: ['a'] },
    [
      'Entries: at least 1 file that rows refer to are missing in Vault on beta: a.',
      'Entries: there was no time to look for the rest.',
    ],
    true,
  ],
  [
    'it could not be asked',
    { files: 0, isAll: false, why: 'beta can’t be reached.' },
    ['Entries: whether files that rows refer to are missing on beta can’t be known: beta can’t be reached.'],
    true,
  ],
  [
    'names are no paths',
    { strange: 2 },
    [
      'Entries: every file that rows refer to is in Vault on beta (12,345 files).',
      'Entries: 2 names in rows are no path in Vault, and were not looked for.',
    ],
    true,
  ],
])('where %s, it says exactly that', (_, over, sentences, isNews) => {
  expect(rowFilesSentences(found(over))).toEqual(sentences)
  expect(isRowFilesNews(found(over))).toBe(isNews)
})

test('a report has every name that is kept', () => {
  const lines = rowFilesLines(found({ missing: 6, names }))
  for (const name of names) expect(lines).toContain(`Missing in Vault: ${name}`)
})

test('a plan keeps what was found through JSON', () => {
  const kept = found({ missing: 1, names: ['a'] })
  expect(keptRowFiles.parse(JSON.parse(JSON.stringify(kept)))).toEqual(kept)
})
