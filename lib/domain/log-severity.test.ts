import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { isAsLoud, loudExpression, severityOf } from '@/lib/domain/log-severity'

const lines = [
  'rsync: [sender] send_files failed to open "/x": Permission denied (13)',
  'rsync error: some files could not be transferred (code 23)',
  'file has vanished: "/x"',
  'Timed out, retrying',
  '>f+++++++++ terrors.txt',
  'sent 120 bytes  received 35 bytes',
  'WARNING: b',
]

test.each([
  ['rsync: [sender] send_files failed to open "/x": Permission denied (13)', 'error'],
  ['rsync error: some files could not be transferred (code 23)', 'error'],
  ['file has vanished: "/x"', 'warning'],
  ['>f+++++++++ terrors.txt', 'plain'],
  ['sent 120 bytes  received 35 bytes', 'plain'],
])('%s is %s', (line, severity) => {
  expect(severityOf(line)).toBe(severity)
})

test.each(['warning', 'error'] as const)('grep reads what is as loud as %s as we do', (asked) => {
  const found = execFileSync('grep', ['-iE', '--', loudExpression(asked)], {
    input: `${lines.join('\n')}\n`,
    encoding: 'utf8',
  })
  expect(found.trimEnd().split('\n')).toEqual(lines.filter((line) => isAsLoud(line, asked)))
})
