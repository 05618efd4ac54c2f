import { constants } from 'node:fs'
import { access, mkdir, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '@/lib/errors'
import type { Environment } from '@/lib/runtime/environment'

/**
 * Makes the data directory where it is missing, and names it by its real path from there on: every process must come to
 * the same socket. Throws PRECONDITION_FAILED with one sentence where it can't be used, STORE_FULL on a full disk.
 */
export async function ensureDataDirectory(environment: Environment): Promise<Environment> {
  const { dataDirectory } = environment
  const refused = (why: string, cause?: unknown) =>
    new AppError('PRECONDITION_FAILED', `The data directory ${dataDirectory} ${why}.`, {
      fix: 'Choose another one with --data-dir, or mend this one.',
      cause,
    })
  try {
    await makeDirectory(dataDirectory)
    if (!(await stat(dataDirectory)).isDirectory()) throw refused('is not a directory')
    await access(dataDirectory, constants.W_OK | constants.X_OK)
    return { ...environment, dataDirectory: await realpath(dataDirectory) }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error instanceof AppError) throw error
    if (error.code === 'ENOSPC')
      throw new AppError('STORE_FULL', `There is no room for the data directory ${dataDirectory}.`, {
        fix: 'Make room on its file system, or choose another one with --data-dir.',
      })
    if (error.code === 'EEXIST' || error.code === 'ENOTDIR') throw refused('is not a directory', error)
    if (error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'EROFS')
      throw refused('cannot be written to', error)
    throw refused(`cannot be used (${String(error.code)})`, error)
  }
}

/**
 * With the directories above it. Not Node's own `recursive`: where a directory refuses new ones with ENOENT, as /proc does, that
 * one asks for ever.
 */
async function makeDirectory(path: string): Promise<void> {
  const make = () =>
    mkdir(path, { mode: 0o711 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  try {
    await make()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    const above = dirname(path)
    if (!(await exists(above))) await makeDirectory(above)
    await make() // once more in any case: another start may have made it between the two looks
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
