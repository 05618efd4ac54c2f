import { buildPassfileLine } from '@/lib/commands/conninfo'
import { passfile as passwordOf, removePassfile } from '@/lib/commands/password-file'
import { makePairDirectory } from '@/lib/commands/sync-access'
import { pairPlaces } from '@/lib/domain/host-places'
import type { ReversibleStep } from '@/lib/domain/operation'
import { replicationRole } from '@/lib/domain/pair-names'
import { type CreateBasis, createNames } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

function plannedOf(basis: CreateBasis): ReversibleStep {
  const { hosts, layouts } = basis
  const { passfile } = createNames(basis)
  return {
    id: 'password-file',
    title: `Keep the password of replication on ${hosts.standby.name}`,
    host: 'standby',
    preview: [
      {
        kind: 'note',
        text: `${passfile} (mode 0600, owner ${layouts.standby.osUser}): password of ${replicationRole} on ${hosts.primary.address}`,
      },
    ],
    undo: 'undo',
    undoSentence: 'Removes the file.',
    irreversible: false,
    timeoutMs: 60_000,
    attemptsMax: 3,
  }
}

/** The password of replication in a file that only the database's owner can read. */
export function passwordFile(basis: CreateBasis): Step<CreateContext> {
  const { hosts, layouts, pair } = basis
  const { passfile } = createNames(basis)
  const at = pairPlaces(hosts.standby, pair.slug)
  const owner = layouts.standby.osUser

  /** For replication connections libpq looks for the database name `replication` (PostgreSQL documentation 34.16). */
  const lineOf = async ({ secrets }: CreateContext) =>
    buildPassfileLine({
      host: hosts.primary.address,
      port: layouts.primary.port,
      database: 'replication',
      user: replicationRole,
      password: await secrets.ensure('replication-password'),
    })

  const isThere = async (context: CreateContext) => {
    const content = await context.doors.standby.readFile(passfile)
    return content !== null && content === (await lineOf(context))
  }

  return {
    planned: plannedOf(basis),
    async check(context) {
      return (await isThere(context))
        ? { done: true, sentence: `${passfile} is there already.` }
        : { done: false }
    },
    async run(context) {
      await context.doors.standby.runOrThrow(makePairDirectory(at), { timeoutMs: 10_000 })
      await context.doors.standby.writeFile(passwordOf(at, owner, await lineOf(context)))
    },
    async verify(context) {
      if (!(await isThere(context))) throw stepFailed(`${passfile} was not written.`, 'Resume the operation.')
      return `${passfile} can be read by ${owner} only.`
    },
    async undo({ doors }) {
      await doors.standby.runOrThrow(removePassfile(at), { timeoutMs: 10_000 })
      return `Removed ${passfile}.`
    },
  }
}
