import { randomBytes } from 'node:crypto'
import { link, open, readFile, stat, unlink } from 'node:fs/promises'
import { AppError } from '@/lib/errors'
import { createKeyring, type Keyring } from '@/lib/io/secrets/keyring'

const hasErrno = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

const refused = (message: string, fix: string, cause?: unknown) =>
  new AppError('SECRET_UNREADABLE', message, { fix, cause })

/**
 * The keyring of the master key file at `path`: one base64 key of 32 bytes a line, the first seals, all open.
 * Makes the file with a new key where there is none (mode 0600, atomically: of two processes that make it, both
 * use the same). Throws SECRET_UNREADABLE when others may read the file or it holds no key.
 */
export async function ensureMasterKey(path: string): Promise<Keyring> {
  await ensureFile(path)
  return readMasterKey(path)
}

/** As `ensureMasterKey`, but a missing file is an error: for programs that never set up anything. */
export async function readMasterKey(path: string): Promise<Keyring> {
  const text = await readOwnFile(path)
  const keys = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => Buffer.from(line, 'base64'))
  const [first, ...older] = keys
  if (!first) throw refused(`The master key file ${path} is empty.`, 'Put the original master key file back.')
  return createKeyring([first, ...older])
}

async function readOwnFile(path: string): Promise<string> {
  try {
    const { mode } = await stat(path)
    if ((mode & 0o077) !== 0)
      throw refused(`Others may read the master key file ${path}.`, `Run: chmod 600 '${path}'`)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof AppError) throw error
    throw refused(
      `The master key file ${path} cannot be read.`,
      'Look whether it is there and belongs to the user that runs Understudy.',
      error,
    )
  }
}

async function ensureFile(path: string): Promise<void> {
  if (await exists(path)) return
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  const file = await open(/*turbopackIgnore: true*/ draft, 'wx', 0o600)
  try {
    await file.writeFile(`${randomBytes(32).toString('base64')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(draft, path)
  } catch (error) {
    if (!hasErrno(error, 'EEXIST')) throw error
  } finally {
    await unlink(draft)
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return false
    throw error
  }
}
