import type { Host } from '@/lib/domain/host'
import type { Scope } from '@/lib/domain/pair'
import type { Pause } from '@/lib/domain/pause'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import { openPromote } from '@/lib/operations/promote/open-promote'
import { planPromote } from '@/lib/operations/promote/plan-promote'
import type { Hook } from '@/lib/profiles/schema'
import { EngineTrial } from '@/test/harness/engine-trial'
import {
  type FolderGround,
  folderCreateGround,
  throwUnless,
  verifyTraces,
  verifyUnasked,
} from '@/test/harness/folder-ground'
import type { FolderHost } from '@/test/harness/folder-host'
import { onceActed, tracesOf } from '@/test/harness/folder-pair'
import { MemoryHold } from '@/test/harness/memory-hold'
import { queuedOperation } from '@/test/harness/operation-events'
import { fileFactsOf, hostFactsOf, serverFacts } from '@/test/harness/operation-facts'

const operationId = 'f0e1d2c3-0000-4000-8000-000000000000'
const fileRole = '/var/lib/understudy/ledger/file-role'
const unreachable = {
  seen: false as const,
  why: { code: 'HOST_UNREACHABLE', message: 'alpha can’t be reached.', fix: 'Look.' },
}

/** How the primary is half dead: its PostgreSQL runs and does not answer, or does not run and has no data directory. */
type HalfDead = 'hung' | 'without-data'

/** What is found then at plan time. */
function halfDeadFacts(
  how: HalfDead,
  host: Host,
): Pick<PromoteFacts, 'primary' | 'primaryAtRest' | 'primaryLayout'> {
  const code = how === 'hung' ? 'POSTGRES_TIMED_OUT' : 'POSTGRES_DOWN'
  const unseen = { seen: false as const, why: { code, message: 'It did not answer.', fix: 'Look.' } }
  const atRest = { clusterState: 'in production', checkpointLsn: '0/3000060', startConf: 'auto' }
  return {
    primary: hostFactsOf('alpha', { server: unseen, data: unseen }),
    primaryAtRest: how === 'hung' ? { ...atRest, isRunning: true } : null,
    primaryLayout: postgresLayoutOf(hostFactsOf('alpha'), host),
  }
}

/** Makes it so. */
async function halfKill(how: HalfDead, host: FolderHost): Promise<void> {
  if (how === 'hung') return host.hangPostgres()
  host.remove('/.units/postgresql@15-main.service/active')
  host.remove('/var/lib/postgresql/15/main')
}

/** What is found of the primary at plan time. */
const primaryFacts = (isDead: boolean, hasDatabase: boolean) =>
  isDead
    ? hostFactsOf('alpha', {
        machine: unreachable,
        asRoot: unreachable,
        asDatabaseOwner: unreachable,
        server: unreachable,
        data: unreachable,
        paths: unreachable,
      })
    : hasDatabase
      ? hostFactsOf('alpha')
      : fileFactsOf('alpha')

/** A hook that says where it moved something to. */
export const movingHook: Hook = {
  id: 'move-address',
  title: 'Move the address',
  command: 'echo "moved from $UNDERSTUDY_FORMER_PRIMARY to $UNDERSTUDY_PRIMARY for $UNDERSTUDY_PAIR"',
  timeoutSeconds: 20,
}

const aPause: Pause = {
  what: ['replay'],
  until: '2026-11-23T05:00:00.000Z',
  by: 'ann',
  reason: 'Reports are read.',
  operationId: 'c3d2e1f0-0000-4000-8000-000000000000',
}

/** A promotion of the standby that a create made on two folder hosts; with `isDead` the primary is unplugged before. */
export async function folderPromoteGround(given: {
  isDead: boolean
  halfDead?: HalfDead
  /** How long the application's check is waited for. */
  checkTimeoutSeconds?: number
  hook?: Hook
  scope?: Scope
  /** Somebody paused replay, and the pair says so. */
  isPaused?: boolean
}): Promise<FolderGround> {
  const created = await folderCreateGround({ scope: given.scope })
  const { pair } = created
  const { alpha, beta, servers, pairs, hosts } = pair
  const { application } = pair.profile
  const { checkTimeoutSeconds = application.checkTimeoutSeconds } = given
  const hooks = { promoted: [given.hook ?? movingHook] }
  const profile = { ...pair.profile, application: { ...application, checkTimeoutSeconds }, hooks }
  const creating = new EngineTrial(created)
  creating.expect(await creating.life(), 'succeeded')
  const hasDatabase = pairs.current.scope.database
  if (given.isDead) alpha.put('/.unplugged', '')
  if (given.isPaused) {
    servers.standby.isReplayPaused = true
    await pairs.update(pairs.current.id, { pause: aPause })
  }
  const replayPaused = given.isPaused === true
  const { halfDead } = given
  if (halfDead) await halfKill(halfDead, alpha)
  const facts = {
    standby: hasDatabase
      ? hostFactsOf('beta', {
          server: {
            seen: true as const,
            value: serverFacts({ inRecovery: true, receiverStatus: 'streaming', replayPaused }),
          },
        })
      : fileFactsOf('beta'),
    ...(halfDead
      ? halfDeadFacts(halfDead, hosts.primary)
      : { primary: primaryFacts(given.isDead, hasDatabase), primaryAtRest: null }),
    primaryFromStandby: given.isDead || halfDead ? ('no-response' as const) : ('accepting' as const),
    pinnedIdentifier: '7400000000000000001',
    lossSentence: 'A promotion now would lose nothing of the database.',
  }
  const plan = planPromote({ operationId, pair: pairs.current, profile, hosts, facts }, new Date(0))
  const before = { alpha: tracesOf(alpha), beta: tracesOf(beta) }
  const input = { acknowledgement: plan.acknowledgement }
  const opened = await openPromote(queuedOperation(plan, input), { ...pair.ports, profile: () => profile })
  return {
    pair,
    plan,
    steps: opened.steps,
    // Locks and the transcript are proved on real hosts: these would share the test machine's own /etc/machine-id.
    hold: new MemoryHold(),
    context: null,
    onceActed: (count, listener) => onceActed([alpha, beta], count, listener),
    async verifyInvariants() {
      throwUnless(
        !hasDatabase || !(servers.primary.isWritable() && servers.standby.isWritable()),
        'there are two writable primaries',
      )
      const isPrimary = (host: FolderHost) => host.has(fileRole) && host.read(fileRole) === 'primary\n'
      const isBoth = isPrimary(alpha) && isPrimary(beta) && !given.isDead
      throwUnless(!isBoth, 'there are two primaries of the files')
    },
    async verifyDone() {
      if (hasDatabase) {
        throwUnless(servers.standby.isWritable(), 'the promoted host is not writable')
        throwUnless(servers.standby.control().rows === operationId, 'no row was written')
        throwUnless(servers.standby.control().written === '2', 'the new timeline is in no control file')
      } else throwUnless(beta.read(fileRole) === 'primary\n', 'files could still flow onto the new primary')
      verifyUnasked(pair)
      throwUnless(!pairs.current.pause, 'the pause of the former standby is still recorded')
      throwUnless(pairs.current.hosts.primary === hosts.standby.id, 'the roles were not exchanged')
      const isFenced = !given.isDead && halfDead !== 'without-data'
      throwUnless(pairs.current.formerPrimary === (isFenced ? 'fenced' : 'watched'), 'wrongly recorded')
      throwUnless(beta.has('/.units/ledger.service/active'), 'the application does not run')
      throwUnless(!beta.has('/etc/cron.d/understudy-ledger'), 'files still flow onto the new primary')
      if (given.isDead) return
      throwUnless(!alpha.has('/.units/ledger.service/active'), 'the old application still runs')
      if (!hasDatabase) {
        throwUnless(alpha.read(fileRole) === 'former\n', 'the old primary does not know that it is none')
        return
      }
      throwUnless(
        !isFenced || alpha.has('/var/lib/postgresql/15/main/standby.signal'),
        'the old primary is not fenced',
      )
      throwUnless(alpha.read('/etc/postgresql/15/main/start.conf') === 'manual\n', 'it would start at boot')
    },
    async verifyUndone() {
      verifyTraces(alpha, before.alpha)
      verifyTraces(beta, before.beta)
      if (!hasDatabase) return
      throwUnless(servers.standby.isRecovering(), 'the standby is promoted')
      throwUnless(servers.standby.isReplayPaused === replayPaused, 'replay is not as it was')
      // One that hung and was not killed yet is left as it was.
      if (given.isDead || halfDead === 'without-data' || alpha.postgres() === 'hung') return
      throwUnless(servers.primary.isWritable(), 'the old primary is not back')
      throwUnless(servers.standby.streamsFrom(servers.primary), 'the standby does not stream')
    },
    async dispose() {
      await opened.close()
      await created.dispose()
    },
  }
}
