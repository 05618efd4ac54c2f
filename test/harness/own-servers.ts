import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { ensurePostgresBinaries } from '@/lib/runtime/embedded-postgres/postgres-binaries'
import { ensureServiceUser } from '@/lib/runtime/embedded-postgres/service-user'

const port = 5432

/** One PostgreSQL server of the test's own, by its data directory; its socket is in `directory`. */
export type OwnServer = { readonly directory: string; readonly data: string; readonly tablespace: string }

/** A primary and a standby that streams from it, on the test's own machine, with the PostgreSQL that Understudy brings. */
export async function startOwnServers() {
  const user = await ensureServiceUser(() => undefined)
  const as = user ? { uid: user.uid, gid: user.gid } : {}
  const osUser = user?.name ?? userInfo().username
  const root = mkdtempSync(join(tmpdir(), 'understudy-own-'))
  const { initdb } = await ensurePostgresBinaries(root)
  const bin = dirname(initdb)
  if (user) chownSync(root, user.uid, user.gid)
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { ...as, cwd: '/', encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const serverAt = (name: string): OwnServer => ({
    directory: join(root, name),
    data: join(root, name, 'data'),
    tablespace: join(root, name, 'fast'),
  })
  const [primary, standby] = [serverAt('p'), serverAt('s')]
  const configure = ({ directory, data }: OwnServer, more: string) => {
    const settings = `listen_addresses = ''\nport = ${port}\nunix_socket_directories = '${directory}'\nmax_wal_senders = 5\n${more}`
    writeFileSync(join(data, 'postgresql.auto.conf'), settings)
  }
  const start = ({ directory, data }: OwnServer) =>
    run(`${bin}/pg_ctl`, '-D', data, '-w', '-s', '-l', join(directory, 'log'), 'start')
  const stop = ({ data }: OwnServer, mode: string) =>
    run(`${bin}/pg_ctl`, '-D', data, '-w', '-s', '-m', mode, 'stop')

  for (const { directory } of [primary, standby]) {
    mkdirSync(directory, { mode: 0o700 })
    if (user) chownSync(directory, user.uid, user.gid)
  }
  run(
    initdb,
    '-D',
    primary.data,
    '-U',
    osUser,
    '-A',
    'peer',
    '--no-locale',
    '-E',
    'UTF8',
    '--data-checksums',
    '-N',
  )
  run('mkdir', primary.tablespace)
  configure(primary, 'fsync = off\n')
  start(primary)
  return {
    ...{ as, bin, osUser, port, root, primary, standby, run, start },
    /** Copies the primary, which is stopped meanwhile, and starts it and the copy as its standby. */
    addStandby() {
      stop(primary, 'fast')
      run('cp', '-a', primary.data, primary.tablespace, standby.directory)
      run(
        'sh',
        '-c',
        `for l in ${standby.data}/pg_tblspc/*; do ln -sfn ${standby.tablespace} "$l"; done; touch ${standby.data}/standby.signal`,
      )
      configure(
        standby,
        `fsync = off\nprimary_conninfo = 'host=${primary.directory} port=${port} user=${osUser}'\n`,
      )
      start(primary)
      start(standby)
    },
    stop() {
      for (const server of [standby, primary])
        try {
          stop(server, 'immediate')
        } catch {
          // It does not run any more.
        }
      rmSync(root, { recursive: true, force: true })
    },
  }
}
export type OwnServers = Awaited<ReturnType<typeof startOwnServers>>
