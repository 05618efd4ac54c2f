import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCopyProgress } from '@/lib/commands/sync-runs'
import { runsDirectory } from '@/lib/domain/sync-names'
import { parseCopyProgress } from '@/lib/facts/copy-progress'
import { rootPlaces } from '@/test/harness/places'

test('bytes by directory; what has not begun is not there', () => {
  expect([...parseCopyProgress('vault 3000003\netc 17\n')]).toEqual([
    ['vault', 3_000_003],
    ['etc', 17],
  ])
  expect([...parseCopyProgress('vault 3000003\nvault 4\netc 17\nvault 1\n')]).toEqual([
    ['vault', 3_000_008],
    ['etc', 17],
  ])
  expect(parseCopyProgress('').size).toBe(0)
  expect(parseCopyProgress('vault \n99\nvault x').size).toBe(0)
})

test('a shell reads them from what rsync 3.2.7 leaves while it copies, of all that copy at once', () => {
  const directory = mkdtempSync(join(tmpdir(), 'copy-progress-'))
  const said = [
    '>f+++++++++ 3\n',
    '\r              3   0%    0.00kB/s    0:00:00  ',
    '\r              3   0%    0.00kB/s    0:00:00 (xfr#1, to-chk=2/5)\n',
    'cd+++++++++ 60\n',
    '>f+++++++++ 3000000\n',
    '\r        3000003  99%  317.89MB/s    0:00:00 (xfr#2, to-chk=0/5)',
  ]
  writeFileSync(join(directory, 'vault.items'), said.join(''))
  writeFileSync(join(directory, 'etc.items'), '')
  for (const [stream, bytes] of [7, 100].entries())
    writeFileSync(
      join(directory, `logs.items.${stream + 1}`),
      `\r        ${bytes}  99%  3.8MB/s    0:00:00  `,
    )
  writeFileSync(join(directory, 'logs.errors.1'), '\r        5  99%  3.8MB/s    0:00:00  ')
  const { text } = readCopyProgress(rootPlaces('ledger'), ['vault', 'etc', 'reports', 'logs'])
  const answer = execFileSync('sh', ['-c', text.replace(runsDirectory(rootPlaces('ledger')), directory)], {
    encoding: 'utf8',
  })
  expect([...parseCopyProgress(answer)]).toEqual([
    ['vault', 3_000_003],
    ['logs', 107],
  ])
  rmSync(directory, { recursive: true })
})
