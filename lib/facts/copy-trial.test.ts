import { expect, test } from 'vitest'
import { parseCopyTrial } from '@/lib/facts/copy-trial'

test('a trial that still ran when its second was over has its figure', () => {
  expect(parseCopyTrial('none', { stdout: 'bytes=1200000 ms=1003 exit=\n', stderr: '' })).toEqual({
    method: 'none',
    written: { bytes: 1_200_000, ms: 1_003 },
    isWhole: false,
    refusal: '',
  })
})

test('one that ended well has copied everything', () => {
  expect(parseCopyTrial('none', { stdout: 'bytes=5 ms=40 exit=0\n', stderr: 'NOTICE' }).isWhole).toBe(true)
})

test.each([
  ['was refused', 'bytes=0 ms=1 exit=1'],
  ['broke off', 'bytes=77 ms=300 exit=1'],
  ['wrote nothing in its time', 'bytes=0 ms=1000 exit='],
  ['said nothing', ''],
])('one that %s has none, and the last words of pg_basebackup', (_, stdout) => {
  const stderr = 'pg_basebackup: notice\npg_basebackup: error: this build does not support LZ4\n'
  expect(parseCopyTrial('server-lz4', { stdout, stderr })).toEqual({
    method: 'server-lz4',
    written: null,
    isWhole: false,
    refusal: 'pg_basebackup: error: this build does not support LZ4',
  })
})
