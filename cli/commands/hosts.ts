import type { Command } from 'commander'
import { confirmOrStop } from '@/cli/ask'
import { addHostsAdd } from '@/cli/commands/hosts-add'
import { addHostsChangeAccess } from '@/cli/commands/hosts-change-access'
import { addHostsLock } from '@/cli/commands/hosts-lock'
import { addHostsSudoers } from '@/cli/commands/hosts-sudoers'
import { withDataOptions } from '@/cli/environment-options'
import { findHostByName } from '@/cli/find-host'
import { hostsText, testedText } from '@/cli/hosts-text'
import { type Flags, withSession } from '@/cli/open-session'
import { type OutputFormat, outputOption, print, writeNote } from '@/cli/output'
import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'
import { confirmHostKey } from '@/lib/services/hosts/confirm-host-key'
import { listHosts } from '@/lib/services/hosts/list-hosts'
import { readRegisteredHostKey } from '@/lib/services/hosts/read-registered-host-key'
import { removeHost } from '@/lib/services/hosts/remove-host'
import { testRegisteredHost } from '@/lib/services/hosts/test-registered-host'

type Yes = Flags & { readonly yes?: boolean }

/** `understudy hosts`: the registered machines. */
export function addHosts(hosts: Command): void {
  withDataOptions(hosts.command('list', { isDefault: true }).description('every registered host'))
    .addOption(outputOption())
    .action((flags: Flags & { output: OutputFormat }) =>
      withSession(flags, async ({ context }) => print(await listHosts(context), flags.output, hostsText)),
    )
  addHostsAdd(hosts)
  addHostsChangeAccess(hosts)
  addHostsLock(hosts)
  addHostsSudoers(hosts)
  withDataOptions(hosts.command('test <host>').description('sign in on a host and tell what it may do there'))
    .addOption(outputOption())
    .action((name: string, flags: Flags & { output: OutputFormat }) =>
      withSession(flags, async ({ context }) => {
        const host = await findHostByName(context, name)
        const tested = await testRegisteredHost(context, { hostId: host.id })
        print(tested, flags.output, () => testedText(host.name, tested))
      }),
    )
  withDataOptions(
    hosts.command('confirm-key <host>').description('accept a host’s new key in place of the pinned one'),
  )
    .option('--fingerprint <SHA256:…>', 'the new key’s, as compared on the host’s console')
    .action((name: string, flags: Flags & { fingerprint?: string }) =>
      withSession(flags, ({ context }) => acceptKey(context, name, flags.fingerprint)),
    )
  withDataOptions(
    hosts.command('remove <host>').description('forget a host and its secret; the machine is left as it is'),
  )
    .option('--yes', 'do not ask')
    .action((name: string, flags: Yes) =>
      withSession(flags, async ({ context }) => {
        const host = await findHostByName(context, name)
        await confirmOrStop(`Forget ${host.name} (${host.address}) and its secret?`, {
          yes: flags.yes === true,
        })
        await removeHost(context, { hostId: host.id })
        writeNote(`${host.name} is forgotten.`)
      }),
    )
}

async function acceptKey(context: ServiceContext, name: string, given: string | undefined): Promise<void> {
  const host = await findHostByName(context, name)
  const { fingerprint, pinnedFingerprint } = await readRegisteredHostKey(context, { hostId: host.id })
  if (fingerprint === pinnedFingerprint) {
    writeNote(`${host.name} shows the pinned key, ${fingerprint}.`)
    return
  }
  writeNote(`Pinned: ${pinnedFingerprint ?? 'none'}\nNow:    ${fingerprint}`)
  if (given !== undefined && given !== fingerprint)
    throw new AppError('HOST_KEY_CHANGED', `${host.name} shows ${fingerprint}, not ${given}.`, {
      fix: 'Find out why before you accept any key of it.',
    })
  await confirmOrStop('Compare it with the host’s console (ssh-keygen -l). Accept the new key?', {
    yes: given !== undefined,
  })
  const { notes } = await confirmHostKey(context, {
    hostId: host.id,
    oldFingerprint: pinnedFingerprint,
    newFingerprint: fingerprint,
  })
  writeNote(`The new key of ${host.name} is pinned.`)
  for (const note of notes) writeNote(`-> ${note}`)
}
