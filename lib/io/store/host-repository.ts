import { randomUUID } from 'node:crypto'
import { asc, eq, sql } from 'drizzle-orm'
import type { Host } from '@/lib/domain/host'
import { AppError } from '@/lib/errors'
import type { Keyring } from '@/lib/io/secrets/keyring'
import type { Database, StoreContext } from '@/lib/io/store/database'
import { hosts, pairHosts, pairs } from '@/lib/io/store/schema'
import { violatedConstraint } from '@/lib/io/store/store-error'
import { isUuid } from '@/lib/io/store/uuid'
import type { HostRepository, HostSecret } from '@/lib/ports/store'

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
  accessRevision: row.accessRevision,
})

const place = (row: string) => ({ table: 'hosts', row, column: 'secret' })

const notFound = () =>
  new AppError('NOT_FOUND', 'There is no such host.', { fix: 'Choose one from the list of hosts.' })

function conflict(error: unknown, host: Pick<Host, 'name' | 'address' | 'port'>): unknown {
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

async function findPairOf(db: Database, hostId: string): Promise<string | null> {
  const found = await db
    .select({ pairId: pairHosts.pairId })
    .from(pairHosts)
    .where(eq(pairHosts.hostId, hostId))
  return found[0]?.pairId ?? null
}

/** The pair first, then the host: in this order whoever starts an operation takes them. */
async function lockRow(db: Database, id: string): Promise<HostRow | null> {
  const pairId = await findPairOf(db, id)
  if (pairId !== null) await db.select({ id: pairs.id }).from(pairs).where(eq(pairs.id, pairId)).for('update')
  const [found] = await db.select().from(hosts).where(eq(hosts.id, id)).for('update')
  if (found && (await findPairOf(db, id)) !== pairId)
    throw new AppError('CONFLICT', `${found.name} has become part of another pair in the meantime.`, {
      fix: 'Look at the page of hosts, then try again.',
    })
  return found ?? null
}

/** What changes of a host that is there; each is a new revision of its access. */
function createHostChanges(
  db: Database,
  keyring: Keyring,
): Pick<HostRepository, 'setPrivilege' | 'setHostKey' | 'lock' | 'setAccess'> {
  async function change(id: string, columns: Partial<HostRow>): Promise<Host> {
    if (!isUuid(id)) throw notFound()
    const accessRevision = sql`${hosts.accessRevision} + 1`
    // A savepoint, as for an insert.
    const [changed] = await db.transaction((nested) =>
      nested
        .update(hosts)
        .set({ ...columns, accessRevision })
        .where(eq(hosts.id, id))
        .returning(),
    )
    if (!changed) throw notFound()
    return toHost(changed)
  }

  return {
    setPrivilege: async (id, privilege) => {
      await change(id, { privilege })
    },

    setHostKey: async (id, hostKey, hostKeyFingerprint) => {
      await change(id, { hostKey, hostKeyFingerprint })
    },

    lock: async (id) => {
      const found = isUuid(id) ? await lockRow(db, id) : null
      return found && toHost(found)
    },

    setAccess: async (id, { secret, ...columns }) => {
      try {
        return await change(id, { ...columns, secret: keyring.seal(JSON.stringify(secret), place(id)) })
      } catch (error) {
        throw conflict(error, { name: '', ...columns })
      }
    },
  }
}

/** Hosts, with their secret sealed beside them. */
export function createHostRepository(db: Database, { keyring, clock }: StoreContext): HostRepository {
  async function row(id: string): Promise<HostRow | null> {
    if (!isUuid(id)) return null
    return (await db.select().from(hosts).where(eq(hosts.id, id)))[0] ?? null
  }
  return {
    ...createHostChanges(db, keyring),

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

    secret: async (id) => {
      const found = await row(id)
      if (!found) throw notFound()
      const secret: HostSecret = JSON.parse(keyring.open(found.secret, place(found.id)))
      return secret
    },
  }
}
