import { randomUUID } from 'node:crypto'
import { asc, eq } from 'drizzle-orm'
import type { Host } from '@/lib/domain/host'
import { AppError } from '@/lib/errors'
import type { Database, StoreContext } from '@/lib/io/store/database'
import { hosts } from '@/lib/io/store/schema'
import { violatedConstraint } from '@/lib/io/store/store-error'
import { isUuid } from '@/lib/io/store/uuid'
import type { HostRepository, HostSecret, NewHost } from '@/lib/ports/store'

type HostRow = typeof hosts.$inferSelect

const toHost = (row: HostRow): Host => ({
  id: row.id,
  name: row.name,
  address: row.address,
  port: row.port,
  user: row.user,
  authKind: row.authKind,
  hostKeyFingerprint: row.hostKeyFingerprint,
  hostKey: row.hostKey,
  privilege: row.privilege,
  machineId: row.machineId,
  home: row.home,
})

const place = (row: string) => ({ table: 'hosts', row, column: 'secret' })

const notFound = () =>
  new AppError('NOT_FOUND', 'There is no such host.', { fix: 'Choose one from the list of hosts.' })

function conflict(error: unknown, host: NewHost): unknown {
  switch (violatedConstraint(error)) {
    case 'hosts_name_key':
      return new AppError('CONFLICT', `A host named ${host.name} is registered already.`, {
        fix: 'Give this one another name, or use the registered host.',
        fields: { name: 'This name is taken.' },
      })
    case 'hosts_address_key':
      return new AppError(
        'CONFLICT',
        `A host at ${host.address}, port ${host.port}, is registered already.`,
        { fix: 'Use the registered host.', fields: { address: 'This address and port are registered.' } },
      )
    case 'hosts_machine_id_key':
      return new AppError('CONFLICT', 'This machine is registered already, under another address.', {
        fix: 'Use the registered host. If it is a clone, give it a machine-id of its own (systemd-machine-id-setup).',
        fields: { address: 'The machine-id found there belongs to a registered host.' },
      })
    default:
      return error
  }
}

/** Hosts, with their secret sealed beside them. */
export function createHostRepository(db: Database, { keyring, clock }: StoreContext): HostRepository {
  async function row(id: string): Promise<HostRow | null> {
    if (!isUuid(id)) return null
    return (await db.select().from(hosts).where(eq(hosts.id, id)))[0] ?? null
  }
  async function change(id: string, columns: Partial<HostRow>): Promise<void> {
    if (!isUuid(id)) throw notFound()
    const changed = await db.update(hosts).set(columns).where(eq(hosts.id, id)).returning({ id: hosts.id })
    if (changed.length === 0) throw notFound()
  }

  return {
    list: async () => (await db.select().from(hosts).orderBy(asc(hosts.name))).map(toHost),

    find: async (id) => {
      const found = await row(id)
      return found && toHost(found)
    },

    insert: async (host) => {
      const { secret, ...columns } = host
      const id = randomUUID()
      const sealed = keyring.seal(JSON.stringify(secret), place(id))
      try {
        // A savepoint where this is inside a transaction: a refused name must not spoil the rest.
        const [made] = await db.transaction((nested) =>
          nested
            .insert(hosts)
            .values({ ...columns, id, secret: sealed, createdAt: clock.now() })
            .returning(),
        )
        if (!made) throw new Error('insert into hosts returned no row')
        return toHost(made)
      } catch (error) {
        throw conflict(error, host)
      }
    },

    remove: async (id) => {
      if (!isUuid(id)) throw notFound()
      try {
        const gone = await db.transaction((nested) =>
          nested.delete(hosts).where(eq(hosts.id, id)).returning({ id: hosts.id }),
        )
        if (gone.length === 0) throw notFound()
      } catch (error) {
        if (violatedConstraint(error) === null) throw error
        throw new AppError('CONFLICT', 'This host is part of a pair.', { fix: 'Remove the pair first.' })
      }
    },

    setPrivilege: (id, privilege) => change(id, { privilege }),

    setHostKey: (id, hostKey, hostKeyFingerprint) => change(id, { hostKey, hostKeyFingerprint }),

    secret: async (id) => {
      const found = await row(id)
      if (!found) throw notFound()
      const secret: HostSecret = JSON.parse(keyring.open(found.secret, place(found.id)))
      return secret
    },
  }
}
