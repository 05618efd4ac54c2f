import { leftToTake } from '@/lib/domain/adopt/adoption'
import { type FoundReplication, jobPlaceWords } from '@/lib/domain/adopt/found-replication'
import { type AdoptPiece, pieceWords } from '@/lib/domain/adopt/pieces'
import { pairPlaces } from '@/lib/domain/host-places'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { AdoptGround } from '@/lib/operations/adopt/basis'
import { canChange } from '@/lib/operations/adopt/job-hold'
import { doubtfulJobs, foundJobs } from '@/lib/operations/adopt/recognise/jobs'
import { foundManagers, isAtWork } from '@/lib/operations/adopt/recognise/maker'
import { type FoundStream, foundStream } from '@/lib/operations/adopt/recognise/stream'
import { freeSenders } from '@/lib/operations/create/wal-needs'
import { clockCheck, missing, sudoCheck } from '@/lib/operations/preflight/access-checks'
import { applicationCheck, crontabCheck, fileToolsCheck } from '@/lib/operations/preflight/application-checks'
import { directoriesCheck } from '@/lib/operations/preflight/directories-check'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { collationsCheck } from '@/lib/operations/preflight/machine-parity-checks'
import { observePreflight } from '@/lib/operations/preflight/observe-preflight'
import {
  fail,
  notApplicable,
  type Outcome,
  overridable,
  pass,
  toCheck,
  warn,
} from '@/lib/operations/preflight/outcome'
import { ownersCheck } from '@/lib/operations/preflight/owner-checks'
import {
  hbaCheck,
  rolesFreeCheck,
  sshPortBackCheck,
  sshPortCheck,
  versionsCheck,
} from '@/lib/operations/preflight/postgres-checks'
import { replicationAccessCheck, standbySourceCheck } from '@/lib/operations/preflight/replication-checks'
import { slotCheck, walSpaceCheck } from '@/lib/operations/preflight/wal-checks'

/** What is chosen is left to be taken, and a kit comes only when what it stops and promotes is ours. */
function piecesCheck({ pair, facts }: AdoptGround): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('pieces', 'What is taken over', 'both', outcome)
  const left = leftToTake(pair)
  if (facts.pieces.length === 0)
    return make(fail('Nothing of it is left to be taken over.', 'Choose another piece.'))
  const gone = facts.pieces.filter((piece) => !left.includes(piece))
  if (gone.length > 0)
    return make(fail(`${pieceWords(gone)}: taken over already, or not a part of this pair.`, 'Leave it out.'))
  const before = left.filter((piece) => piece !== 'kit' && !facts.pieces.includes(piece))
  if (facts.pieces.includes('kit') && before.length > 0)
    return make(
      fail(
        `The break-glass kit would stop and start what is not Understudy’s: ${pieceWords(before)}.`,
        `Take ${pieceWords(before)} over with it or before it.`,
      ),
    )
  const later: readonly AdoptPiece[] = left.filter((piece) => !facts.pieces.includes(piece))
  return make(
    pass(
      `${pieceWords(facts.pieces)}${later.length > 0 ? `; ${pieceWords(later)} later: until then nothing else can be done with the pair` : ''}.`,
    ),
  )
}

/** What is taken over is what an operator has looked at; and what the login may do as root names exactly these jobs and units. */
function asObservedCheck(ground: AdoptGround): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('as-observed', 'As it was observed', 'both', outcome)
  const { adoption } = ground.pair
  const { pieces } = ground.facts
  // What is taken over already is out: it is not found any more.
  const keyOf = ({ jobs, managers }: Pick<FoundReplication, 'jobs' | 'managers'>) =>
    JSON.stringify([
      pieces.includes('files')
        ? jobs.map(({ role, place, digest }) => `${role} ${jobPlaceWords({ place })} ${digest}`).toSorted()
        : [],
      pieces.includes('replication')
        ? managers.map(({ role, program, unit }) => `${role} ${program} ${unit}`).toSorted()
        : [],
    ])
  const now = { jobs: foundJobs(ground), managers: foundManagers(ground) }
  const isSame = adoption !== null && adoption !== undefined && keyOf(adoption.found) === keyOf(now)
  return make(
    isSame
      ? pass('The jobs and programs of the hosts are those that were found when it was observed.')
      : fail(
          'Jobs that copy files, or programs that fail over, are not those that were found when it was observed.',
          'Look again (on the page of the pair, or understudy observe), see what changed, then plan again.',
        ),
  )
}

/** The stream works now, so that one that does not work afterwards is this operation's doing. */
function streamsNowCheck({ primary, standby, sender, isFromPrimary }: FoundStream): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('streams-now', 'The standby streams now', 'standby', outcome)
  return make(
    sender?.state === 'streaming' && isFromPrimary
      ? pass(`${standby.host.name} streams from ${primary.host.name}.`)
      : fail(
          `${standby.host.name} does not stream from ${primary.host.name} now.`,
          'See to that first: only what works is taken over.',
        ),
  )
}

function managersCheck(ground: AdoptGround): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('managers-off', 'Nothing else fails over', 'both', outcome)
  const { facts, hosts, pair } = ground
  const working = foundManagers(ground).filter(isAtWork)
  if (working.length === 0) return make(pass('No program that fails over by itself was found at work.'))
  const nameOf = ({ role, program }: (typeof working)[number]) => `${program} on ${facts[role].name}`
  const others = working.filter(({ program }) => program !== 'repmgrd')
  if (others.length > 0)
    return make(
      fail(
        `${others.map(nameOf).join(', ')} manages this replication: it would change back what is taken over, or promote beside us.`,
        'Take both hosts out of its cluster first: with Patroni “patronictl pause” and then stop and disable it on both; with pg_auto_failover “pg_autoctl drop node” or stop and disable it. Leave PostgreSQL running, and plan again.',
      ),
    )
  const byHand = working.filter(
    ({ role, unit }) => unit === null || pairPlaces(hosts[role], pair.slug).keeper === 'login',
  )
  return make(
    byHand.length > 0
      ? fail(
          `${byHand.map(nameOf).join(', ')} runs without a unit that could be stopped from here.`,
          'Stop it where it was started, and keep it from starting at boot; then plan again.',
        )
      : pass(
          `${working.map(nameOf).join(', ')} is stopped first and does not start at boot any more; an undo starts it again.`,
        ),
  )
}

/** A primary that waits for a standby by its name would wait for ever once the name is another. */
function synchronousCheck({ primary }: FoundStream): PreflightCheck {
  const make = (outcome: Outcome) =>
    toCheck('not-synchronous', 'The primary waits for nobody', 'primary', outcome)
  const names = primary.replication?.settings.synchronous_standby_names?.setting ?? ''
  return make(
    names === ''
      ? pass(`synchronous_standby_names is empty on ${primary.host.name}.`)
      : fail(
          `${primary.host.name} waits at each commit for ${names} (synchronous_standby_names): its stream gets another name, and every commit would hang.`,
          "Let it wait for nobody first: ALTER SYSTEM SET synchronous_standby_names = ''; SELECT pg_reload_conf();",
        ),
  )
}

function othersCheck({ primary, standby, sender, slot }: FoundStream): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('others', 'Other standbys', 'both', outcome)
  const below = standby.replication?.senders ?? []
  if (below.length > 0)
    return make(
      fail(
        `${below.map(({ applicationName, clientAddress }) => `${applicationName || 'unnamed'} from ${clientAddress}`).join(', ')} hangs on ${standby.host.name}.`,
        'End that replication first: a pair has one standby, and nobody follows it.',
      ),
    )
  const beside = (primary.replication?.senders ?? []).filter(
    (each) => each !== sender && each.state !== 'backup',
  )
  if (beside.length > 0)
    return make(
      overridable(
        fail(
          `${primary.host.name} sends WAL to ${beside.map(({ applicationName, clientAddress }) => `${applicationName || 'unnamed'} from ${clientAddress ?? 'a local socket'}`).join(', ')} too.`,
          'A pair has one standby: end the other replication first.',
        ),
      ),
    )
  const slots = (primary.replication?.slots ?? []).filter(({ name }) => name !== slot).map(({ name }) => name)
  return make(
    slots.length > 0
      ? warn(
          `${primary.host.name} has other slots: ${slots.join(', ')}.`,
          'A slot that nobody uses keeps WAL until the disk is full: drop it if it is left over.',
        )
      : pass(
          `${primary.host.name} sends WAL to ${standby.host.name} alone, and nobody follows ${standby.host.name}.`,
        ),
  )
}

function delayCheck({ standby }: FoundStream): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('apply-delay', 'WAL is applied at once', 'standby', outcome)
  const delay = Number(standby.replication?.settings.recovery_min_apply_delay?.setting ?? 0)
  return make(
    delay > 0
      ? warn(
          `${standby.host.name} applies WAL ${delay} ms late (recovery_min_apply_delay), which stays so: it is behind its limit all the time.`,
          `Where that is not wanted: ALTER SYSTEM RESET recovery_min_apply_delay on ${standby.host.name}, and reload.`,
        )
      : pass(`${standby.host.name} applies WAL as it comes.`),
  )
}

/** For a moment both streams may be there. */
function sendersCheck({ facts }: AdoptGround): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('wal-senders', 'Free WAL senders', 'primary', outcome)
  const server = answerOf(facts.primary.server)
  if (!server) return make(missing(facts.primary.server))
  const { most, free } = freeSenders(server)
  const evidence = `${free} of ${most} are free; 1 is needed while the stream changes.`
  return make(
    free > 0
      ? pass(evidence)
      : fail(evidence, 'Raise max_wal_senders, which needs a restart; or end what uses them.'),
  )
}

function slotsFreeCheck({ facts, pair }: AdoptGround): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('slots-free', 'Free replication slots', 'primary', outcome)
  const server = answerOf(facts.primary.server)
  if (!server) return make(missing(facts.primary.server))
  if (pair.settings.slotWalSegments == null) return make(notApplicable('The pair has no slot.'))
  const most = Number(server.settings.max_replication_slots?.setting ?? '10')
  const evidence = `${server.slots.length} of ${most} are used.`
  return make(
    server.slots.length < most
      ? pass(evidence)
      : fail(evidence, 'Raise max_replication_slots, which needs a restart; or drop one that nobody uses.'),
  )
}

function replicationChecks(ground: AdoptGround, stream: FoundStream): readonly PreflightCheck[] {
  const { facts, pair } = ground
  const { primary, standby, link } = facts
  const given = { slug: pair.slug, settings: pair.settings, agreeRestart: false }
  return [
    versionsCheck(primary, standby),
    collationsCheck(facts),
    managersCheck(ground),
    synchronousCheck(stream),
    othersCheck(stream),
    delayCheck(stream),
    standbySourceCheck(primary, standby, link),
    hbaCheck('primary', primary),
    hbaCheck('standby', standby),
    replicationAccessCheck(facts, link),
    rolesFreeCheck(primary),
    sendersCheck(ground),
    slotsFreeCheck(ground),
    slotCheck(primary, given),
    walSpaceCheck(primary, given),
  ]
}

/** What has copied until now can be taken out, and put back. */
function jobsOutCheck({ facts, hosts, pair, ...rest }: AdoptGround): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('jobs-out', 'What copies until now', 'both', outcome)
  const jobs = foundJobs({ facts, ...rest })
  const fixed = jobs.filter(
    (job) => !canChange(job, pairPlaces(hosts[job.role], pair.slug), hosts[job.role].user),
  )
  const words = (list: typeof jobs) =>
    list.map((job) => `${jobPlaceWords(job)} on ${facts[job.role].name}`).join(', ')
  if (fixed.length > 0)
    return make(
      fail(
        `${words(fixed)}: only root can take that out, and ${hosts[fixed[0]?.role ?? 'standby'].user} may not become root.`,
        'Let an administrator make a comment of the line, then plan again: two that copy one directory are one too many.',
      ),
    )
  // By its bytes a line is found again; what came here as something else than text has lost them.
  const garbled = jobs.filter(({ line }) => line.includes('\ufffd'))
  if (garbled.length > 0)
    return make(
      fail(
        `${words(garbled)}: the line has characters that are not UTF-8, so it could not be put back byte for byte.`,
        'Write it in UTF-8, look again, then plan again.',
      ),
    )
  return make(
    jobs.length === 0
      ? warn(
          'No job that copies the directories was found.',
          'If something else copies them, end that first.',
        )
      : pass(`${words(jobs)}: made a comment, and put back byte for byte by an undo.`),
  )
}

function doubtfulCheck({ facts, profile }: AdoptGround): PreflightCheck {
  const make = (outcome: Outcome) =>
    toCheck('jobs-doubtful', 'Jobs of rsync that are not clear', 'both', outcome)
  const { unclear, turned } = doubtfulJobs({ facts, profile })
  if (turned.length > 0)
    return make(
      overridable(
        fail(
          `A job copies from the standby to the primary: ${turned.join('; ')}`,
          'Take it out yourself: after a promotion, or now, it would write over what is newer.',
        ),
      ),
    )
  return make(
    unclear.length > 0
      ? warn(
          `What these copy could not be told: ${unclear.join('; ')}`,
          'See yourself whether they copy onto a directory of the pair, and take them out if so.',
        )
      : pass('Every job of rsync was understood.'),
  )
}

function fileChecks(ground: AdoptGround): readonly PreflightCheck[] {
  const { facts, pair } = ground
  const { primary, standby, link } = facts
  const { directories } = pair.settings
  return [
    fileToolsCheck('primary', primary),
    fileToolsCheck('standby', standby),
    sshPortCheck(primary, standby, link),
    sshPortBackCheck(primary, standby, link),
    directoriesCheck(primary, standby, directories),
    ownersCheck(
      facts,
      directories.map(({ path }) => path),
    ),
    jobsOutCheck(ground),
    doubtfulCheck(ground),
  ]
}

const byPiece = (
  ground: AdoptGround,
  stream: FoundStream,
): Readonly<Record<AdoptPiece, readonly PreflightCheck[]>> => ({
  replication: replicationChecks(ground, stream),
  files: fileChecks(ground),
  application: [applicationCheck('standby', ground.facts.standby, ground.profile.application)],
  kit: [],
})

/** All checks before pieces of a pair are taken over, each with its evidence and fix; of a host that can't be reached only that is said. */
export function adoptPreflight(ground: AdoptGround): readonly PreflightCheck[] {
  const { facts, profile } = ground
  const { primary, standby } = facts
  const observing = observePreflight(ground)
  if (!primary.machine.seen || !standby.machine.seen) return observing
  const stream = foundStream(ground)
  const pieces = byPiece(ground, stream)
  return [
    // What of it is only a warning to who looks is judged anew for who acts.
    ...observing.filter(({ id }) => id !== 'stream-found' && id !== 'made-by'),
    sudoCheck('primary', primary, profile.postgres.osUser, profile.application),
    sudoCheck('standby', standby, profile.postgres.osUser, profile.application),
    clockCheck(primary, standby, profile.limits.clockDifferenceMs),
    crontabCheck('primary', primary),
    crontabCheck('standby', standby),
    piecesCheck(ground),
    asObservedCheck(ground),
    streamsNowCheck(stream),
    ...facts.pieces.flatMap((piece) => pieces[piece]),
  ]
}
