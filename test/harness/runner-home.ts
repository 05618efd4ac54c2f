import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { runnerFiles, type Sync } from '@/lib/commands/sync'
import { pairPlaces } from '@/lib/domain/host-places'
import { runRecordsPath, runsDirectory, syncProgram } from '@/lib/domain/sync-names'
import { parseRunRecord } from '@/lib/facts/directory-runs'

/**
 * The program that copies, as the plan installs it below a user's home, in a real shell; rsync and psql are scripts that say what they
 * were given and end as they are told. Real copies by the real rsync are proved in the lab.
 */
let home: string
export let sync: Sync
const user = userInfo().username

export const inHome = (...parts: readonly string[]) => join(home, ...parts)
export const target = () => inHome('srv/vault')
export const runs = () => runsDirectory(sync.places.standby)
export const put = (path: string, content: string, mode = 0o644) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content, { mode })
}
/** What the stand-in for rsync prints, says on standard error and ends with. */
export const rsyncEnds = (code: number, out = '', err = '') => {
  put(inHome('out'), out)
  put(inHome('err'), err)
  put(
    inHome('bin/rsync'),
    `#!/bin/sh\nprintf '%s\\n' "$@" >'${inHome('given')}'\ncat '${inHome('out')}'; cat '${inHome('err')}' >&2; exit ${code}\n`,
    0o755,
  )
}
export const roleIs = (answer: string) => put(inHome('bin/psql'), `#!/bin/sh\necho '${answer}'\n`, 0o755)

/** The program of the plan with the stand-ins before the system's programs. */
export const withStandIns = (content: string) =>
  content.replace('PATH=/usr/local/sbin', `PATH=${inHome('bin')}:/usr/local/sbin`)

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'understudy-runner-'))
  const places = pairPlaces({ privilege: 'unprivileged', user, home }, 'ledger')
  sync = {
    places: { primary: places, standby: places },
    primary: { address: '10.0.0.1', port: 2222, user: 'phantom', hostKey: 'ssh-ed25519 AAAA' },
    standbyAddress: '10.0.0.2',
    database: { owner: user, socketDirectory: '/run', port: 5432, binDirectory: inHome('bin') },
    logDirectory: inHome('log'),
    directories: [
      { id: 'vault', title: 'Vault', path: target(), log: 'rsync_vault.log', schedule: '* * * * *' },
      { id: 'nested', title: 'Nested', path: join(target(), 'a [b]'), log: 'n.log', schedule: '* * * * *' },
    ],
  }
  for (const file of runnerFiles(sync))
    put(file.path, withStandIns(file.content), Number.parseInt(file.mode, 8))
  put(join(target(), '.understudy-source'), 'mark')
  rsyncEnds(0)
  roleIs('t')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

export const run = (...more: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync(syncProgram(sync.places.standby), ['ledger', 'vault', ...more], { encoding: 'utf8' })
export const records = () =>
  readFileSync(runRecordsPath(sync.places.standby, 'vault'), 'utf8').trimEnd().split('\n').map(parseRunRecord)
export const last = () => parseRunRecord(readFileSync(join(runs(), 'vault.last'), 'utf8').trim())
export const log = () => readFileSync(inHome('log/rsync_vault.log'), 'utf8')
export const given = () => readFileSync(inHome('given'), 'utf8').trimEnd().split('\n')
export const wasCopied = () => existsSync(inHome('given'))

/** Begins a copy whose rsync is this shell text; resolves when that runs, with how the copy ends. */
export async function beginCopy(rsync: string): Promise<{ readonly ended: Promise<unknown[]> }> {
  put(inHome('bin/rsync'), `#!/bin/sh\ntouch '${inHome('began')}'; ${rsync}\n`, 0o755)
  const copy = spawn(syncProgram(sync.places.standby), ['ledger', 'vault'], { stdio: 'ignore' })
  const ended = once(copy, 'exit')
  while (!existsSync(inHome('began'))) await new Promise((resolve) => setTimeout(resolve, 5))
  return { ended }
}
