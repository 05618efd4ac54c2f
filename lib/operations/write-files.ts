import type { FileToWrite } from '@/lib/commands/file'
import { makeFoldersFor } from '@/lib/commands/sync'
import type { HostDoor } from '@/lib/ports/host-door'

/** Writes the files, and the folders that they need. Does nothing for a file that is there with this content. */
export async function writeFiles(door: HostDoor, files: readonly FileToWrite[]): Promise<void> {
  const keeper = door.privilege === 'unprivileged' ? 'login' : 'root'
  await door.runOrThrow(makeFoldersFor(files, keeper), { timeoutMs: 10_000 })
  for (const file of files) if ((await door.readFile(file.path)) !== file.content) await door.writeFile(file)
}

/** Whether each of the files is there with its content. */
export async function haveFiles(door: HostDoor, files: readonly FileToWrite[]): Promise<boolean> {
  for (const file of files) if ((await door.readFile(file.path)) !== file.content) return false
  return true
}
