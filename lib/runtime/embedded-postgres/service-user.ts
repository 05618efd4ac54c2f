import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { AppError } from '@/lib/errors'

/** The OS user that the embedded server runs as when we are root: PostgreSQL refuses to run as root. */
export type ServiceUser = { readonly name: string; readonly uid: number; readonly gid: number }

const run = promisify(execFile)
const name = 'understudy'

/**
 * Null unless we are root (then the server runs as ourselves). As root: the system user `understudy`, made where it is
 * missing (`useradd --system`, no home, no login). Throws TOOL_MISSING when it can't be made.
 */
export async function ensureServiceUser(say: (line: string) => void): Promise<ServiceUser | null> {
  if (process.getuid?.() !== 0) return null
  const found = await findUser()
  if (found) return found
  say(`Creating the system user ${name}: PostgreSQL does not run as root.`)
  const failure = await addUser()
  // Another start may have made it, or hold the lock on /etc/passwd, at this moment.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const made = await findUser()
    if (made) return made
    await pause(100)
  }
  throw new AppError('TOOL_MISSING', `The system user ${name} cannot be created.`, {
    fix: `Create it (useradd --system ${name}), or run Understudy as a user that is not root.`,
    detail: failure,
  })
}

async function findUser(): Promise<ServiceUser | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    // id(1) ends with 1 where there is no such user; why it did not is told by useradd.
    return null
  }
}

async function addUser(): Promise<string> {
  try {
    await run('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir=/nonexistent',
      '--shell=/usr/sbin/nologin',
      name,
    ])
    return ''
  } catch (error) {
    return String(error)
  }
}

/** Throws PRECONDITION_FAILED unless `user` can enter `directory`: a parent that only root can pass keeps it out. */
export async function verifyReachable(directory: string, user: ServiceUser | null): Promise<void> {
  if (!user) return
  const child = spawn('/bin/sh', ['-c', 'cd -- "$0"', directory], {
    uid: user.uid,
    gid: user.gid,
    cwd: '/',
    stdio: 'ignore',
  })
  const [code] = await once(child, 'exit')
  if (code !== 0)
    throw new AppError(
      'PRECONDITION_FAILED',
      `The data directory ${directory} lies below a directory that the user ${user.name} cannot enter.`,
      {
        fix: 'Choose another one with --data-dir (for example /var/lib/understudy), or let others pass through its parents (chmod o+x).',
      },
    )
}
