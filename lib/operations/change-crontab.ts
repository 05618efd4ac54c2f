import { readCrontab as question, writeCrontab } from '@/lib/commands/crontab'
import type { HostDoor } from '@/lib/ports/host-door'

const timeoutMs = 20_000

/** The login user's crontab; empty where there is none. Throws HOST_*. */
export async function readCrontab(door: HostDoor): Promise<string> {
  return (await door.runOrThrow(question(), { timeoutMs })).stdout
}

/** Reads the crontab, and writes what `change` makes of it where that is something else. Throws HOST_*. */
export async function changeCrontab(door: HostDoor, change: (content: string) => string): Promise<void> {
  const before = await readCrontab(door)
  const after = change(before)
  if (after !== before) await door.runOrThrow(writeCrontab(after), { timeoutMs })
}
