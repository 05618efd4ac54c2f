import { keepAutoConf } from '@/lib/commands/kept-auto-conf'
import { putAutoConf } from '@/lib/commands/postgres-standby'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { markOf, type OperationContext } from '@/lib/operations/context'
import { type CreateBasis, createNames } from '@/lib/operations/create/basis'

/** Settings of the standby's own data by which it follows. */
export function followSettings(basis: CreateBasis): Readonly<Record<string, string>> {
  const { streamConninfo, hasSlot, slot } = createNames(basis)
  return { primary_conninfo: streamConninfo, primary_slot_name: hasSlot ? slot : '' }
}

/**
 * Where the standby finds its primary: written into postgresql.auto.conf, which PostgreSQL reads last (documentation 20.1.2). As it was, the
 * file is kept beside it, once.
 */
export async function tellSettings(
  { doors, operationId }: Pick<OperationContext, 'doors' | 'operationId'>,
  { dataDirectory, osUser }: Pick<PostgresLayout, 'dataDirectory' | 'osUser'>,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const { standby } = doors
  const path = `${dataDirectory}/postgresql.auto.conf`
  await standby.runOrThrow(keepAutoConf(dataDirectory, markOf(operationId)), { timeoutMs: 15_000 })
  const before = (await standby.readFile(path, 'database-owner')) ?? ''
  await standby.writeFile({
    path,
    content: putAutoConf(before, settings),
    mode: '0600',
    owner: `${osUser}:`,
    // Others may have written a password into it.
    isSecret: true,
    as: 'database-owner',
  })
}
