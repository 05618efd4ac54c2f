import type { Command } from 'commander'
import { askText } from '@/cli/ask'
import { withDataOptions } from '@/cli/environment-options'
import { findHostByName } from '@/cli/find-host'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print, writeNote } from '@/cli/output'
import type { HostLockView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'
import { breakHostLock } from '@/lib/services/hosts/break-host-lock'
import { readHostLock } from '@/lib/services/hosts/read-host-lock'

const lockText = ({ sentence, fix }: HostLockView): string =>
  fix === '' ? `${sentence}\n` : `${sentence}\n-> ${fix}\n`

/** `understudy hosts lock` and `unlock`: which operation holds a host, and the way out when its dashboard is gone for ever. */
export function addHostsLock(hosts: Command): void {
  withDataOptions(hosts.command('lock <host>').description('which operation holds a host, as the host says'))
    .addOption(outputOption())
    .action((name: string, flags: Flags & { output: OutputFormat }) =>
      withSession(flags, async ({ context }) => {
        const host = await findHostByName(context, name)
        print(await readHostLock(context, { hostId: host.id }), flags.output, lockText)
      }),
    )
  withDataOptions(
    hosts.command('unlock <host>').description('break the lock of another dashboard that is gone for ever'),
  )
    .option('--words <words>', 'what has to be typed, where there is no terminal')
    .action((name: string, flags: Flags & { words?: string }) =>
      withSession(flags, ({ context }) => unlock(context, name, flags.words)),
    )
}

async function unlock(context: ServiceContext, name: string, given: string | undefined): Promise<void> {
  const host = await findHostByName(context, name)
  const { isHeld, lock, sentence, words } = await readHostLock(context, { hostId: host.id })
  writeNote(sentence)
  if (!isHeld) return
  if (given !== undefined && given !== words)
    throw new AppError('INVALID_INPUT', 'These are not the words.', { fix: `Give --words "${words}"` })
  const typed = given ?? (await askText(`Type exactly: ${words}`, '--words'))
  await breakHostLock(context, { hostId: host.id, operationId: lock?.operationId ?? null, words: typed })
  writeNote(`The lock of ${host.name} is broken.`)
}
