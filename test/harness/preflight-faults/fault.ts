import type { LabHost, Undo } from '@/lab/lab-host'
import type { Host } from '@/lib/domain/host'
import type { CreateInput } from '@/lib/domain/inputs'
import type { Role } from '@/lib/domain/pair'
import type { Profile } from '@/lib/profiles/schema'

/** Two real hosts in their roles, and one of another release of Debian. */
export type FaultGround = {
  readonly primary: LabHost
  readonly standby: LabHost
  readonly stranger: LabHost
}

type Registered = Readonly<Record<Role, Host>>

/** One thing that is wrong before a standby is created, and what the preflight must say of it. */
export type PreflightFault = {
  readonly title: string
  /** Every check that is not fine then, with its outcome, a part of its evidence and, where it is asked for, a part of its fix. */
  readonly finds: Readonly<Record<string, readonly ['fail' | 'warn', string, string?]>>
  /** It also hides from us what other checks are about: those may fail too. */
  readonly hidesMore?: true
  readonly input?: Partial<CreateInput>
  readonly profile?: (profile: Profile) => Profile
  /** The hosts as they are registered for this row. */
  readonly hosts?: (hosts: Registered, stranger: Host) => Registered
  /** Does it to the hosts; what it returns mends them. Nothing to do where the hosts are sound and what is asked of them is not. */
  readonly make?: (ground: FaultGround) => Promise<Undo>
}

/** Shell text that does something to a host, as root, and the text that takes it back. */
export type HostFault = { readonly make: string; readonly mend: string }

export async function doTo(hosts: readonly LabHost[], { make, mend }: HostFault): Promise<Undo> {
  await Promise.all(hosts.map((host) => host.exec(make)))
  return async () => {
    await Promise.all(hosts.map((host) => host.exec(mend)))
  }
}

export const onPrimary =
  (fault: HostFault): PreflightFault['make'] =>
  ({ primary }) =>
    doTo([primary], fault)

export const onStandby =
  (fault: HostFault): PreflightFault['make'] =>
  ({ standby }) =>
    doTo([standby], fault)

export const onBoth =
  (fault: HostFault): PreflightFault['make'] =>
  ({ primary, standby }) =>
    doTo([primary, standby], fault)

/** Several faults at once; mended in reverse. */
export const together =
  (...makes: readonly PreflightFault['make'][]): PreflightFault['make'] =>
  async (ground) => {
    const undos: Undo[] = []
    for (const make of makes) if (make) undos.push(await make(ground))
    return async () => {
      for (const undo of undos.reverse()) await undo()
    }
  }

/** A program or a file that is not there. */
export const without = (path: string): HostFault => ({
  make: `mv ${path} ${path}.away`,
  mend: `mv ${path}.away ${path}`,
})

/** SQL as the superuser of a host's PostgreSQL. */
export const sqlOn =
  (role: 'primary' | 'standby', make: string, mend: string): PreflightFault['make'] =>
  async (ground) => {
    await ground[role].sql(make)
    return async () => {
      await ground[role].sql(mend)
    }
  }

/** Connections to a port are refused at once, from one address. */
export async function refusePort(host: LabHost, port: number, from: string): Promise<Undo> {
  const table = `lab-refuse-${port}`
  await host.exec('nft -f -', {
    input: `add table inet ${table}
add chain inet ${table} in { type filter hook input priority 0; }
add rule inet ${table} in ip saddr ${from} tcp dport ${port} reject with tcp reset
`,
  })
  return async () => {
    await host.exec(`nft delete table inet ${table}`)
  }
}
