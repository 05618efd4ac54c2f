import { readCrontab as question, writeCrontab } from '@/lib/commands/crontab'
import { lastSaid } from '@/lib/commands/last-said'
import { asOneLine } from '@/lib/domain/one-line'
import { AppError } from '@/lib/errors'
import type { HostDoor } from '@/lib/ports/host-door'

const timeoutMs = 20_000

/** What is to be done where crontab(1) does not let the login user read its own crontab. */
export const crontabFix =
  'See that crontab -l works for the login user there: that cron is installed, /etc/cron.allow names the user if that file exists, and /etc/cron.deny does not.'

/** The login user's crontab; empty where there is none. Throws HOST_*, also where it can't be read: that is not an empty one. */
export async function readCrontab(door: HostDoor): Promise<string> {
  const { exitCode, stdout, stderr } = await door.run(question(), { timeoutMs })
  if (exitCode === 0) return stdout
  const said = stderr.trim().split('\n')[0] ?? ''
  throw new AppError(
    'HOST_COMMAND_FAILED',
    `The crontab of the login user on ${door.hostName} can’t be read: ${asOneLine(said.slice(0, 300)) || `exit code ${exitCode}`}`,
    { fix: crontabFix, detail: `exit code ${exitCode}: ${lastSaid(stderr)}` },
  )
}

/** Reads the crontab, and writes what `change` makes of it where that is something else. Throws HOST_*. */
export async function changeCrontab(door: HostDoor, change: (content: string) => string): Promise<void> {
  const before = await readCrontab(door)
  const after = change(before)
  if (after !== before) await door.runOrThrow(writeCrontab(after), { timeoutMs })
}
