import { type FileRole, fileRoles } from '@/lib/domain/file-role'
import { AppError } from '@/lib/errors'

/** Parses what a host's file of its role says; null where it has none. Throws HOST_COMMAND_FAILED for another word. */
export function parseFileRole(text: string): FileRole | null {
  const word = text.trim()
  if (word === '') return null
  const role = fileRoles.find((known) => known === word)
  if (role !== undefined) return role
  throw new AppError('HOST_COMMAND_FAILED', 'The host says a role for the files that nobody knows.', {
    fix: 'Look at the file file-role in the pair’s state directory on the host.',
    detail: word.slice(0, 100),
  })
}
