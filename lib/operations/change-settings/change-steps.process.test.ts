import { describe, expect, test } from 'vitest'
import type { PairSettings } from '@/lib/domain/pair'
import { EngineTrial } from '@/test/harness/engine-trial'
import { extra, folderChangeGround, type GivenChange } from '@/test/harness/folder-change-ground'
import { proveSomeOf } from '@/test/harness/prove-some-of'

const filesAlone = { database: false, files: true }
const same = (settings: PairSettings) => settings
const moreWal = (settings: PairSettings) => ({ ...settings, walKeepSegments: 64 })
const otherDirectories = ({ directories: [vault, ...rest], ...settings }: PairSettings): PairSettings => ({
  ...settings,
  directories: [...(vault ? [{ ...vault, schedule: '*/9 * * * *' }] : []), ...rest.slice(0, -1), extra],
})

const variants: readonly [string, GivenChange][] = [
  ['of the WAL that is kept', { change: moreWal }],
  ['that adds a slot', { change: (settings) => ({ ...settings, slotWalSegments: 64 }) }],
  [
    'that gives up the slot',
    { hasSlot: true, change: (settings) => ({ ...settings, slotWalSegments: null }) },
  ],
  ['of the slot’s limit', { hasSlot: true, change: (settings) => ({ ...settings, slotWalSegments: 128 }) }],
  ['of directories and schedules', { change: otherDirectories }],
  ['of directories where there is no database', { scope: filesAlone, change: otherDirectories }],
  ['that leaves the files out', { change: same, scopeAfter: { files: false } }],
  [
    'that takes the files in',
    { scope: { database: true, files: false }, change: same, scopeAfter: { files: true } },
  ],
  ['that takes the packages in', { scope: filesAlone, change: same, scopeAfter: { packages: true } }],
  [
    'that takes the packages in where there are no files',
    { scope: { database: true, files: false }, change: same, scopeAfter: { packages: true } },
  ],
  [
    'that leaves the packages out',
    { scope: { ...filesAlone, packages: true }, change: same, scopeAfter: { packages: false } },
  ],
  [
    'that leaves the packages out where there are no files',
    {
      scope: { database: true, files: false, packages: true },
      change: same,
      scopeAfter: { packages: false },
    },
  ],
  [
    'of when packages are kept',
    {
      scope: { ...filesAlone, packages: true },
      change: (settings) => ({ ...settings, packages: { schedule: '5 4 * * *', installs: false } }),
    },
  ],
  [
    'of packages and directories at once',
    {
      scope: { ...filesAlone, packages: true },
      change: otherDirectories,
      scopeAfter: { packages: false },
    },
  ],
]

describe.each(variants)('a change %s', (_, given) => {
  test('goes to its end', async () => {
    const ground = await folderChangeGround(given)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    await ground.dispose()
  })
})

proveSomeOf('a change', variants, folderChangeGround)

test('what leaves keeps its data and its log; cron and the runner know it no more', async () => {
  const ground = await folderChangeGround({
    change: (settings) => ({ ...settings, directories: settings.directories.slice(0, 1) }),
  })
  const { beta, alpha } = ground.pair
  beta.put('/var/log/ledger/rsync_etc.log', 'what was copied')
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  expect(beta.read('/srv/ledger/etc/file')).toBe('new')
  expect(beta.read('/var/log/ledger/rsync_etc.log')).toContain('what was copied')
  expect(beta.has('/etc/understudy/ledger/directories/etc.conf')).toBe(false)
  expect(beta.read('/etc/cron.d/understudy-ledger')).not.toContain(' etc\n')
  expect(alpha.read('/etc/understudy/ledger/send')).not.toContain('/srv/ledger/etc')
  await ground.dispose()
})

test('what comes is put aside where the standby has it, and noted until when', async () => {
  const ground = await folderChangeGround({
    change: (settings) => ({ ...settings, directories: [...settings.directories, extra] }),
  })
  const { beta } = ground.pair
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  expect(beta.read('/srv/ledger/extra.understudy-f0e1d2c3/file')).toBe('old')
  const note = beta.read('/var/lib/understudy/ledger/kept-f0e1d2c3.json')
  expect(note).toContain('/srv/ledger/extra.understudy-f0e1d2c3')
  expect(note).not.toContain('postgresql')
  await ground.dispose()
})
