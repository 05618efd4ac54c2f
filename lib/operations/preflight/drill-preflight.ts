import { copyWayWords } from '@/lib/domain/drill'
import { socketDirectoryMax } from '@/lib/domain/drill-places'
import { drillReserve } from '@/lib/domain/drill-room'
import { formatBytes } from '@/lib/domain/format-bytes'
import type { PreflightCheck } from '@/lib/domain/preflight'
import {
  copyWayOf,
  type DrillBasis,
  type DrillGround,
  drillBasis,
  placesOf,
  whyNoAmcheck,
} from '@/lib/operations/drill/basis'
import { accessCheck, missing, rightHostCheck, sudoCheck } from '@/lib/operations/preflight/access-checks'
import { pathOf, reserveShare, roomByDevice } from '@/lib/operations/preflight/disk-checks'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import {
  fail,
  notApplicable,
  type Outcome,
  overridable,
  pass,
  toCheck,
  warn,
} from '@/lib/operations/preflight/outcome'

const onStandby = (id: string, title: string, outcome: Outcome): PreflightCheck =>
  toCheck(id, title, 'standby', outcome)

/** It follows its primary as it should: only then is what is tried what would be promoted. */
function followsCheck({ facts }: DrillGround): PreflightCheck {
  const { standby } = facts
  const make = (outcome: Outcome) => onStandby('standby-follows', 'Standby follows its primary', outcome)
  const [server, found] = [answerOf(standby.server), answerOf(facts.server)]
  if (!server || !standby.data.seen || !found)
    return make(missing(standby.server, standby.data, facts.server))
  if (!server.inRecovery)
    return make(
      fail(
        `PostgreSQL on ${standby.name} accepts writes.`,
        'It is no standby any more: look at the pair’s page for what it is.',
      ),
    )
  if (!found.isStreaming)
    return make(
      fail(
        `${standby.name} receives nothing from its primary now.`,
        'See why on the pair’s page; drill when it streams.',
      ),
    )
  if (found.replayPaused)
    return make(fail(`Replay on ${standby.name} is paused.`, 'Let it go on, then drill.'))
  const waiting = found.waitingBytes ?? 0
  const evidence = `PostgreSQL ${server.version} on ${standby.name} streams; ${formatBytes(waiting)} wait to be replayed.`
  return make(
    waiting > server.walSegmentBytes
      ? warn(evidence, 'The drill may have to give way at once: drill at a quieter time.')
      : pass(evidence),
  )
}

function limitCheck({ facts, profile }: DrillGround): PreflightCheck {
  const { lagSeconds } = facts.options
  const { replayLagSeconds } = profile.limits
  return toCheck(
    'drill-limit',
    'When it gives way',
    'both',
    lagSeconds > replayLagSeconds
      ? warn(
          `It gives way when WAL waits longer than ${lagSeconds} s to be replayed; the pair counts as catching up from ${replayLagSeconds} s on.`,
          'Choose a lower limit, unless alerts for that time are fine.',
        )
      : pass(`It gives way when WAL waits longer than ${lagSeconds} s to be replayed.`),
  )
}

/** Where the copy comes to lie: writable for PostgreSQL's owner, and its path short enough for a socket. */
function placeCheck(basis: DrillBasis): PreflightCheck {
  const make = (outcome: Outcome) => onStandby('drill-place', 'Place of the copy', outcome)
  const host = answerOf(basis.facts.host)
  if (!host) return make(missing(basis.facts.host))
  const { root, roots } = placesOf(basis)
  const closed = host.parents.filter(({ isWritable }) => !isWritable).map(({ path }) => path)
  if (closed.length > 0)
    return make(
      fail(
        `${basis.layouts.standby.osUser} can’t write to ${closed.join(', ')} on ${basis.hosts.standby.name}.`,
        'Choose a directory that it owns, or let it write there.',
      ),
    )
  if (host.parents[0]?.isInData)
    return make(
      fail(
        `${root} lies in the data that is to be copied.`,
        'Choose a directory outside of the data directory.',
      ),
    )
  if (Buffer.byteLength(root) > socketDirectoryMax)
    return make(
      fail(
        `${root} is too long for a socket: ${socketDirectoryMax} bytes are the most.`,
        'Choose a directory with a shorter path.',
      ),
    )
  return make(pass(`${roots.join(', ')}.`))
}

/** Shared blocks need room only for what changes on either side until the copy is removed. */
function roomCheck(basis: DrillBasis): PreflightCheck {
  const { facts, hosts, profile } = basis
  const make = (outcome: Outcome) => onStandby('drill-room', 'Room for the copy', outcome)
  const [host, server] = [answerOf(facts.host), answerOf(facts.standby.server)]
  if (!host || !server) return make(missing(facts.host, facts.standby.server))
  const data = pathOf(facts.standby, server.dataDirectory)?.usedBytes ?? server.databasesBytes
  const sizes = [data, ...server.tablespacePlaces.map(({ bytes }) => bytes)]
  const share = copyWayOf(facts) === 'reflink' ? reserveShare : 1 + reserveShare
  const needs = host.parents.map(({ path }, index) => ({ path, bytes: sizes[index] ?? 0 }))
  const { diskFreePercent } = profile.limits
  const systems = roomByDevice(needs, host.parents).map((system) => {
    const size = host.parents.find(({ path }) => system.paths.includes(path))?.sizeBytes ?? 0
    const least = system.need * share + drillReserve(size, diskFreePercent)
    return { ...system, least, sentence: `${system.sentence}, ${formatBytes(least)} needed` }
  })
  const evidence = `${systems.map(({ sentence }) => sentence).join('; ')}.`
  return make(
    systems.some(({ free, least }) => free < least)
      ? overridable(
          fail(
            evidence,
            `Make room on ${hosts.standby.name}, or choose another directory. A drill that finds too little on its way gives way.`,
          ),
        )
      : pass(evidence),
  )
}

/** By which way the copy is made, and why. */
function wayCheck({ facts }: DrillBasis): PreflightCheck {
  const make = (outcome: Outcome) => onStandby('drill-way', 'How the copy is made', outcome)
  const host = answerOf(facts.host)
  if (!host) return make(missing(facts.host))
  const way = copyWayOf(facts)
  const others = host.parents.filter(({ sharesBlocks }) => !sharesBlocks)
  const words = copyWayWords[way]
  if (way === 'reflink')
    return make(
      pass(
        `By ${words}: ${host.parents.map(({ path, fileSystem }) => `${path} is on ${fileSystem}`).join(', ')}.`,
      ),
    )
  return make(
    pass(
      `By a ${words}, at ${facts.options.rateMegabytes} MB/s at most: ${others.map(({ path, fileSystem }) => `${path} (${fileSystem || 'unknown'})`).join(', ')} can’t share blocks with the data.`,
    ),
  )
}

/** What the standby's own server has to grant for the copy. */
function grantsCheck({ facts, layouts, hosts }: DrillBasis): PreflightCheck {
  const make = (outcome: Outcome) => onStandby('drill-grants', 'Standby lets itself be copied', outcome)
  const [host, server] = [answerOf(facts.host), answerOf(facts.server)]
  if (!host || !server) return make(missing(facts.host, facts.server))
  const { name } = hosts.standby
  if (server.freeSlots < 1)
    return make(
      fail(
        `All replication slots of ${name} are in use; the copy needs one while it is made.`,
        `Raise max_replication_slots on ${name} and restart it.`,
      ),
    )
  if (copyWayOf(facts) === 'reflink') return make(pass(`${server.freeSlots} replication slots are free.`))
  if (server.freeSenders < 2)
    return make(
      fail(
        `${server.freeSenders} WAL senders of ${name} are free; a backup needs two.`,
        `Raise max_wal_senders on ${name} and restart it.`,
      ),
    )
  if (host.mayReplicate === false)
    return make(
      fail(
        `${layouts.standby.osUser} may not replicate over the socket of ${name}, which a backup of itself needs.`,
        `Add “local replication ${layouts.standby.osUser} peer” to ${layouts.standby.hbaFile} on ${name} and reload it.`,
      ),
    )
  const evidence = `${server.freeSenders} WAL senders and ${server.freeSlots} replication slots are free.`
  if (host.mayReplicate === null)
    return make(
      warn(
        `${evidence} Whether ${layouts.standby.osUser} may replicate over the socket could not be tried: psql is not there.`,
        'If it may not, the drill ends before anything is copied.',
      ),
    )
  return make(
    server.archiveMode === 'always'
      ? warn(
          `${evidence} archive_mode is always: a backup waits at its end until WAL is archived.`,
          'See that archive_command works there.',
        )
      : pass(evidence),
  )
}

function leftoversCheck({ facts }: DrillBasis): PreflightCheck {
  const make = (outcome: Outcome) => onStandby('drill-leftovers', 'Nothing left of earlier drills', outcome)
  const host = answerOf(facts.host)
  if (!host) return make(missing(facts.host))
  const paths = host.leftovers.map(({ root }) => root)
  return make(
    paths.length > 0
      ? warn(`An earlier drill has left ${paths.join(', ')}.`, 'It is removed first.')
      : pass('Nothing is left of an earlier one.'),
  )
}

/** What is wrong with the data would be seen by these. */
function looksCheck(basis: DrillBasis): readonly PreflightCheck[] {
  const { profile } = basis
  const leftOut = whyNoAmcheck(basis)
  const { length } = profile.checks
  return [
    onStandby(
      'drill-amcheck',
      'pg_amcheck',
      leftOut === null
        ? pass(`It looks through the copy for ${basis.facts.options.amcheckMinutes} min at most.`)
        : notApplicable(leftOut),
    ),
    onStandby(
      'drill-checks',
      'Checks of the profile',
      length > 0
        ? pass(`${profile.checks.map(({ title }) => title).join(', ')}.`)
        : notApplicable('The profile has no checks for the copy; every table is opened and read.'),
    ),
  ]
}

/** shared_buffers of the copy (128 MB) and what its sessions take. */
const memoryNeeded = 400_000_000

function loadCheck({ facts }: DrillBasis): PreflightCheck {
  const make = (outcome: Outcome) => onStandby('drill-load', 'What the host has left', outcome)
  const host = answerOf(facts.host)
  if (!host) return make(missing(facts.host))
  const { load, processors, memoryBytes } = host
  const evidence = `Load ${load} on ${processors} processors; ${formatBytes(memoryBytes)} of memory are free.`
  return make(
    load > processors || memoryBytes < memoryNeeded
      ? warn(
          evidence,
          'The drill goes last in everything, and so it will take longer: drill at a quieter time.',
        )
      : pass(evidence),
  )
}

/** All checks of a drill, each with its evidence and fix; of a standby that can't be reached only that is said. */
export function drillPreflight(ground: DrillGround): readonly PreflightCheck[] {
  const { facts, profile } = ground
  const access = accessCheck('standby', facts.standby)
  if (access.outcome === 'fail') return [access]
  const basis = drillBasis(ground)
  return [
    access,
    sudoCheck('standby', facts.standby, profile.postgres.osUser, profile.application),
    rightHostCheck('standby', facts.standby),
    followsCheck(ground),
    limitCheck(ground),
    ...(basis === null
      ? facts.standby.server.seen && facts.standby.data.seen
        ? [onStandby('drill-place', 'Place of the copy', missing(facts.host, facts.server))]
        : []
      : [
          placeCheck(basis),
          wayCheck(basis),
          roomCheck(basis),
          grantsCheck(basis),
          leftoversCheck(basis),
          ...looksCheck(basis),
          loadCheck(basis),
        ]),
  ]
}
