import { expect, test } from 'vitest'
import { parseBackupDamage } from '@/lib/facts/backup-damage'

/** As pg_basebackup 15 said it of a file with one page that was overwritten. */
const said = `waiting for checkpoint
 1835/24825 kB (7%), 1/2 tablespaces
WARNING:  checksum verification failed in file "./base/5/16390", block 0: calculated C03B but expected 3521
WARNING:  checksum verification failed in file "pg_tblspc/16400/PG_15_202209061/5/16500.1", block 131071: calculated 1 but expected 2
24837/24837 kB (100%), 2/2 tablespaces
pg_basebackup: error: checksum error occurred
`

test('every page that the backup names is told by its file and number', () => {
  expect(parseBackupDamage(said)).toEqual([
    { file: 'base/5/16390', block: 0 },
    { file: 'pg_tblspc/16400/PG_15_202209061/5/16500.1', block: 131_071 },
  ])
})

test('a backup that failed for another reason names none', () => {
  expect(
    parseBackupDamage('pg_basebackup: error: could not write to file: No space left on device\n'),
  ).toEqual([])
  expect(parseBackupDamage('')).toEqual([])
})
