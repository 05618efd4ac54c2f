import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { beginRemoval, claimRun, isStale, listRuns, type RunRecord } from '@/lab/run-state'

const root = mkdtempSync(join(tmpdir(), 'lab-state-'))
beforeAll(() => {
  process.env.UNDERSTUDY_LAB_STATE = root
})
afterAll(() => {
  delete process.env.UNDERSTUDY_LAB_STATE
  rmSync(root, { recursive: true })
})

const removeElsewhere = `
import { beginRemoval } from '@/lab/run-state'
process.stdout.write(beginRemoval(JSON.parse(process.argv[1])) ? 'removes' : 'leaves it')
process.stdin.resume()
`

/** Another process that begins to remove the lab, and stops there until it is killed. */
async function beginElsewhere(record: RunRecord): Promise<{ answer: string; process: ChildProcess }> {
  const args = ['--import', 'tsx', '--input-type=module', '-e', removeElsewhere, JSON.stringify(record)]
  const other = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const [answer] = await once(other.stdout, 'data')
  return { answer: String(answer), process: other }
}

async function kill(other: ChildProcess): Promise<void> {
  other.kill('SIGKILL')
  await once(other, 'exit')
}

test('one process alone removes a lab, and another goes on where that one was killed', async () => {
  const record = claimRun('', false)
  const first = await beginElsewhere(record)
  expect(first.answer).toBe('removes')

  expect(beginRemoval(record)).toBe(null)
  expect(listRuns().map(isStale)).toEqual([false])
  const second = await beginElsewhere(record)
  expect(second.answer).toBe('leaves it')
  await kill(second.process)

  await kill(first.process)
  expect(listRuns().map(isStale)).toEqual([true])
  const taken = beginRemoval(record)
  expect(taken && existsSync(taken.directory)).toBe(true)
  expect(beginRemoval(record)).toEqual(taken)
})
