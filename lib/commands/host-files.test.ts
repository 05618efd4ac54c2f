import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { understudySend, understudySync } from '@/lib/commands/host-files'

const read = (name: string) => readFileSync(`host/${name}`, 'utf8')

test('the programs that plans show and install are those of host/ (npx tsx test/repository/write-host-files.ts)', () => {
  expect(understudySync).toBe(read('understudy-sync'))
  expect(understudySend).toBe(read('understudy-send'))
})

test('a POSIX shell can read them', () => {
  for (const program of ['understudy-sync', 'understudy-send']) execFileSync('sh', ['-n', `host/${program}`])
})
