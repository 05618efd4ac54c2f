import { asRoot, sh } from '@/lib/commands/command'
import type { FileToWrite } from '@/lib/commands/file'
import { directoriesFor } from '@/lib/commands/sync'
import type { HostDoor } from '@/lib/ports/host-door'

/** Writes the files, and the folders that they need. Does nothing for a file that is there with this content. */
export async function writeFiles(door: HostDoor, files: readonly FileToWrite[]): Promise<void> {
  const make = sh`umask 022; mkdir -p -- ${directoriesFor(files)}`
  const folders = door.privilege === 'unprivileged' ? make : asRoot(make)
  await door.runOrThrow(folders, { timeoutMs: 10_000 })
  for (const file of files) if ((await door.readFile(file.path)) !== file.content) await door.writeFile(file)
}

/** Whether each of the files is there with its content. */
export async function haveFiles(door: HostDoor, files: readonly FileToWrite[]): Promise<boolean> {
  for (const file of files) if ((await door.readFile(file.path)) !== file.content) return false
  return true
}
