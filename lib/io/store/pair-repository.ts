import { randomUUID } from 'node:crypto'
import { and, asc, eq } from 'drizzle-orm'
import type { Pair, Role } from '@/lib/domain/pair'
import { roles } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import type { Keyring } from '@/lib/io/secrets/keyring'
import type { Database, StoreContext } from '@/lib/io/store/database'
import { notify } from '@/lib/io/store/notify'
import { findHolder } from '@/lib/io/store/operation-reads'
import { pairHosts, pairSecrets, pairs } from '@/lib/io/store/schema'
import { violatedConstraint } from '@/lib/io/store/store-error'
import { isUuid } from '@/lib/io/store/uuid'
import type { PairRepository } from '@/lib/ports/store'
import type { Clock } from '@/lib/time'

type PairRow = typeof pairs.$inferSelect
type PairHostRow = typeof pairHosts.$inferSelect

function toPair(row: PairRow, hosts: readonly PairHostRow[]): Pair {
  const hostIn = (role: Role): string => {
    const found = hosts.find((host) => host.pairId === row.id && host.role === role)
    if (!found) throw new Error(`pair ${row.id} has no ${role}`)
    return found.hostId
  }
  return {
    id: row.id,
    slug: row.slug,
    profileId: row.profileId,
    scope: row.scope,
    settings: row.settings,
    hosts: { primary: hostIn('primary'), standby: hostIn('standby') },
    isPaired: row.isPaired,
    formerPrimary: row.formerPrimary,
    ...(row.pause && { pause: row.pause }),
    ...(row.owed.length > 0 ? { owed: row.owed } : {}),
    ...(row.adoption && { adoption: row.adoption }),
    ...(row.drillSchedule && { drillSchedule: row.drillSchedule }),
  }
}

const place = (pairId: string, name: string) => ({
  table: 'pair_secrets',
  row: `${pairId}/${name}`,
  column: 'value',
})

const notFound = () =>
  new AppError('NOT_FOUND', 'There is no such pair.', { fix: 'Choose one from the list of pairs.' })

function conflict(error: unknown, slug: string): unknown {
  switch (violatedConstraint(error)) {
    case 'pairs_slug_key':
      return new AppError('CONFLICT', `A pair named ${slug} is there already.`, {
        fix: 'Give this one another name.',
        fields: { slug: 'This name is taken.' },
      })
    case 'pair_hosts_host_key':
      return new AppError('CONFLICT', 'One of these hosts is in a pair already.', {
        fix: 'A host can be in one pair only: choose another, or remove the other pair first.',
        fields: { hosts: 'A host is in another pair.' },
      })
    case 'pair_hosts_host_id_hosts_id_fk':
      return new AppError('NOT_FOUND', 'One of these hosts is not registered.', {
        fix: 'Register both hosts first.',
      })
    default:
      return error
  }
}

const hostRows = (pairId: string, hosts: Pair['hosts']) =>
  roles.map((role) => ({ pairId, role, hostId: hosts[role] }))

async function withHosts(db: Database, rows: readonly PairRow[]): Promise<readonly Pair[]> {
  if (rows.length === 0) return []
  const only = rows.length === 1 ? rows[0] : undefined
  const found = await db
    .select()
    .from(pairHosts)
    .where(only ? eq(pairHosts.pairId, only.id) : undefined)
  return rows.map((row) => toPair(row, found))
}

async function insertIn(db: Database, clock: Clock, { hosts, ...pair }: Omit<Pair, 'id'>): Promise<Pair> {
  if (hosts.primary === hosts.standby)
    throw new AppError('CONFLICT', 'Both hosts of the pair are the same machine.', {
      fix: 'Choose two different hosts.',
      fields: { hosts: 'The same host twice.' },
    })
  const id = randomUUID()
  await db.insert(pairs).values({ ...pair, id, createdAt: clock.now() })
  await db.insert(pairHosts).values(hostRows(id, hosts))
  await notify(db, 'pairs', id)
  return { ...pair, id, hosts }
}

async function updateIn(
  db: Database,
  id: string,
  { hosts, ...columns }: Parameters<PairRepository['update']>[1],
): Promise<void> {
  const [found] = await db.select().from(pairs).where(eq(pairs.id, id)).for('update')
  if (!found) throw notFound()
  if (Object.keys(columns).length > 0) await db.update(pairs).set(columns).where(eq(pairs.id, id))
  if (hosts) {
    // Roles swap: both rows go first, else the first would meet the second's key.
    await db.delete(pairHosts).where(eq(pairHosts.pairId, id))
    await db.insert(pairHosts).values(hostRows(id, hosts))
  }
  await notify(db, 'pairs', id)
}

async function removeIdle(db: Database, id: string): Promise<void> {
  const holder = await findHolder(db, id)
  if (holder)
    throw new AppError(
      'PAIR_BUSY',
      `This pair is held by ${holder.kind}, started by ${holder.startedBy} at ${holder.createdAt}.`,
      { fix: 'Wait for its end, or open it to cancel, resume, undo or close it.' },
    )
  const gone = await db.delete(pairs).where(eq(pairs.id, id)).returning({ id: pairs.id })
  if (gone.length === 0) throw notFound()
  await notify(db, 'pairs', id)
}

function createPairSecrets(db: Database, keyring: Keyring): Pick<PairRepository, 'secret' | 'setSecret'> {
  return {
    secret: async (id, name) => {
      if (!isUuid(id)) throw notFound()
      const [found] = await db
        .select()
        .from(pairSecrets)
        .where(and(eq(pairSecrets.pairId, id), eq(pairSecrets.name, name)))
      return found ? keyring.open(found.value, place(id, name)) : null
    },

    setSecret: async (id, name, clear) => {
      if (!isUuid(id)) throw notFound()
      const value = keyring.seal(clear, place(id, name))
      try {
        await db.transaction((nested) =>
          nested
            .insert(pairSecrets)
            .values({ pairId: id, name, value })
            .onConflictDoUpdate({ target: [pairSecrets.pairId, pairSecrets.name], set: { value } }),
        )
      } catch (error) {
        throw violatedConstraint(error) === null ? error : notFound()
      }
    },
  }
}

/** Pairs, with the hosts in their expected roles and the pair's secrets. */
export function createPairRepository(db: Database, { keyring, clock }: StoreContext): PairRepository {
  return {
    ...createPairSecrets(db, keyring),

    list: async () => withHosts(db, await db.select().from(pairs).orderBy(asc(pairs.slug))),

    find: async (id) => {
      if (!isUuid(id)) return null
      return (await withHosts(db, await db.select().from(pairs).where(eq(pairs.id, id))))[0] ?? null
    },

    findBySlug: async (slug) =>
      (await withHosts(db, await db.select().from(pairs).where(eq(pairs.slug, slug))))[0] ?? null,

    insert: async (pair) => {
      try {
        return await db.transaction((nested) => insertIn(nested, clock, pair))
      } catch (error) {
        throw conflict(error, pair.slug)
      }
    },

    update: async (id, change) => {
      if (!isUuid(id)) throw notFound()
      try {
        await db.transaction((nested) => updateIn(nested, id, change))
      } catch (error) {
        throw conflict(error, id)
      }
    },

    hold: async (id) => {
      if (!isUuid(id)) throw notFound()
      const rows = await db.select().from(pairs).where(eq(pairs.id, id)).for('update')
      const [pair] = await withHosts(db, rows)
      if (!pair) throw notFound()
      return pair
    },

    remove: async (id) => {
      if (!isUuid(id)) throw notFound()
      await db.transaction((nested) => removeIdle(nested, id))
    },
  }
}
