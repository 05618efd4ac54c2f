import { expect, test } from 'vitest'
import { type Changeable, diffWords, directoryChanges, settingsDiff } from '@/lib/domain/settings-change'
import { pair } from '@/test/harness/observations'

const before: Changeable = { scope: pair.scope, settings: pair.settings }
const [vault, etc] = pair.settings.directories
if (!vault || !etc) throw new Error('the pair has two directories')
const after = (
  settings: Partial<Changeable['settings']>,
  scope: Partial<Changeable['scope']> = {},
): Changeable => ({
  scope: { ...before.scope, ...scope },
  settings: { ...before.settings, ...settings },
})
const wordsOf = (wanted: Changeable) => diffWords(settingsDiff(before, wanted))

test('what is said in another way and is the same is no change', () => {
  expect(wordsOf(after({ slotWalSegments: null, fenceReturned: 'ask' }, { packages: false }))).toEqual([])
})

test.each<[string, Changeable, readonly string[]]>([
  [
    'retention',
    after({ walKeepSegments: 64 }),
    ['WAL kept for a standby that is away: 32 segments → 64 segments'],
  ],
  ['a slot', after({ slotWalSegments: 8 }), ['Replication slot, holding back at most: none → 8 segments']],
  [
    'a former primary',
    after({ fenceReturned: 'automatic' }),
    ['A former primary that comes back: ask → automatic'],
  ],
  ['files', after({}, { files: false }), ['Files: yes → no']],
  [
    'verification',
    after({ verification: { schedule: '0 3 * * 6', everyDays: 30, megabytesPerSecond: 5 } }),
    ['Verification by checksum: as by default → 0 3 * * 6, every 30 days, at most 5 MB/s'],
  ],
  ['no verification', after({ verification: null }), ['Verification by checksum: as by default → none']],
  [
    'a directory that goes',
    after({ directories: [vault] }),
    [`Directory etc: Settings, /srv/etc, ${etc.schedule}, rsync_etc.log → none`],
  ],
  [
    'a schedule',
    after({ directories: [{ ...vault, schedule: '*/5 * * * *' }, etc] }),
    [
      'Directory vault: Vault, /srv/vault, * * * * *, rsync_vault.log → Vault, /srv/vault, */5 * * * *, rsync_vault.log',
    ],
  ],
])('of %s each line is told, old and new', (_, wanted, words) => {
  expect(wordsOf(wanted)).toEqual(words)
})

test('with the files every directory goes or comes', () => {
  const without = after({}, { files: false })
  expect(directoryChanges(before, without)).toMatchObject({ added: [], removed: [vault, etc], is: [] })
  expect(directoryChanges(without, before)).toMatchObject({ added: [vault, etc], removed: [], was: [] })
})

test('a directory of another path is one that moved, and one of another schedule is not', () => {
  const moved = after({
    directories: [
      { ...vault, path: '/srv/other' },
      { ...etc, schedule: '1 * * * *' },
    ],
  })
  const { changed, moved: elsewhere } = directoryChanges(before, moved)
  expect(changed.map(({ id }) => id)).toEqual(['vault', 'etc'])
  expect(elsewhere.map(({ id }) => id)).toEqual(['vault'])
})
