import { createHash } from 'node:crypto'
import { chmod, chown, lstat, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@/lib/errors'
import type { ServiceUser } from '@/lib/runtime/embedded-postgres/service-user'

/** sockaddr_un.sun_path holds 108 bytes with its NUL (unix(7)); the socket's own name is `/.s.PGSQL.5432`. */
const longestDirectoryBytes = 107 - '/.s.PGSQL.5432'.length

/** Names the socket only: the server listens on no TCP port. */
export const embeddedPort = 5432

/**
 * Where the embedded server's socket is, the same for every process that is given the same (absolute) data directory:
 * inside it, or, where that path is too long for a socket, in a private directory under /tmp.
 */
export function socketDirectoryOf(dataDirectory: string): string {
  const inside = join(dataDirectory, 'run')
  if (Buffer.byteLength(inside) <= longestDirectoryBytes) return inside
  return `/tmp/understudy-${createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16)}`
}

/** libpq URL of the embedded server's database; `database` is ours unless a test says otherwise. */
export function embeddedConnectionString(dataDirectory: string, database = 'understudy'): string {
  return `postgresql://understudy@localhost:${embeddedPort}/${database}?host=${encodeURIComponent(socketDirectoryOf(dataDirectory))}`
}

/**
 * Makes the directory so that nobody but the server's user (and root) can enter it: that is what `trust` rests on.
 * Throws PRECONDITION_FAILED when someone else's directory stands there already.
 */
export async function ensureSocketDirectory(
  dataDirectory: string,
  user: ServiceUser | null,
): Promise<string> {
  const path = socketDirectoryOf(dataDirectory)
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const found = await lstat(path)
  const mine = [process.getuid?.(), user?.uid].includes(found.uid)
  if (!found.isDirectory() || !mine)
    throw new AppError('PRECONDITION_FAILED', `${path} belongs to someone else.`, {
      fix: 'Remove it, or choose another data directory with --data-dir.',
    })
  await chmod(path, 0o700)
  if (user) await chown(path, user.uid, user.gid)
  return path
}
