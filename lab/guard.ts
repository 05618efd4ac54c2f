import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { identifyProcess, isAlive, type ProcessIdentity } from '@/lab/process-identity'
import type { RunRecord } from '@/lab/run-state'

const here = dirname(fileURLToPath(import.meta.url))
const fileOf = (record: RunRecord) => join(record.directory, 'guard.json')

/** Waits outside of this process for its end, however it ends, and then removes what it left. */
export function startGuard(record: RunRecord): void {
  const command = 'tail --pid="$1" -s 0.5 -f /dev/null && exec "$2" --import tsx "$3" down --stale'
  const args = ['-c', command, 'sh', String(process.pid), process.execPath, join(here, 'cli.ts')]
  const child = spawn('sh', args, { cwd: dirname(here), detached: true, stdio: 'ignore' })
  child.unref()
  const guard = child.pid === undefined ? null : identifyProcess(child.pid)
  if (guard) writeFileSync(fileOf(record), JSON.stringify(guard))
}

/** Ends the guard's process group, unless this is the guard. */
export function endGuard(record: RunRecord): void {
  if (!existsSync(fileOf(record))) return
  const guard = JSON.parse(readFileSync(fileOf(record), 'utf8')) as ProcessIdentity
  if (guard.pid !== process.pid && isAlive(guard)) process.kill(-guard.pid, 'SIGKILL')
}
