import type { Plan } from '@/lib/domain/operation'
import { isBlocking } from '@/lib/domain/preflight'
import { plannedAdopt } from '@/lib/operations/adopt/adopt-steps'
import { type AdoptBasis, type AdoptGround, adoptBasis, takes } from '@/lib/operations/adopt/basis'
import { nameOwner } from '@/lib/operations/name-owner'
import { adoptPreflight } from '@/lib/operations/preflight/adopt-preflight'

/** What the jobs copied beside the directories of the pair, and nobody copies any more once they are out. */
function filesWarnings(basis: AdoptBasis): readonly string[] {
  const { pair, hosts, jobs } = basis
  const paths = pair.settings.directories.map(({ path }) => path)
  const copies = jobs.flatMap((job) => job.copies)
  const ended = copies.filter(({ from, to }) => from !== to || !paths.includes(from))
  const filtered = copies.filter(({ from, filters }) => paths.includes(from) && filters.length > 0)
  return [
    ...(ended.length > 0
      ? [
          `With their jobs these copies end too: ${ended.map(({ from, to }) => (from === to ? from : `${from} to ${to}`)).join(', ')}. Take such a directory into the pair, or copy it by a job of its own.`,
        ]
      : []),
    ...filtered.map(
      ({ from, filters }) =>
        `${from} was copied without some of it (${filters.join(' ')}): from here on all of it is copied.`,
    ),
    `What is copied anew replaces what is on ${hosts.standby.name}; what was there goes to the bin, and what the primary does not have goes there with the first run after.`,
  ]
}

function warningsOf(basis: AdoptBasis): readonly string[] {
  const { hosts, stream } = basis
  const role = stream.sender?.role
  return [
    ...(takes(basis, 'replication') && role
      ? [
          `The role ${role} on ${hosts.primary.name}, its lines of pg_hba.conf and its password stay, and are used no more: remove them once you are sure.`,
        ]
      : []),
    ...(takes(basis, 'files') ? filesWarnings(basis) : []),
  ]
}

/** The plan by which pieces of a pair are taken over. Without steps where a host could not be read, or what is chosen can't be. */
export function planAdopt(ground: AdoptGround, now: Date): Plan {
  const { operationId, pair, hosts, facts } = ground
  const basis = adoptBasis(ground)
  const preflight = adoptPreflight(ground)
  const isRefused = isBlocking(preflight.filter(({ id }) => id === 'pieces'))
  const steps = basis && !isRefused ? plannedAdopt(basis) : []
  return {
    operationId,
    kind: 'adopt',
    pairId: pair.id,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    madeAt: now.toISOString(),
    steps: steps.map((planned) => (basis ? nameOwner(planned, basis.layouts) : planned)),
    preflight,
    warnings: [
      ...(basis && !isRefused ? warningsOf(basis) : []),
      ...preflight
        .filter(({ outcome }) => outcome === 'warn')
        .map(({ evidence, fix }) => `${evidence} ${fix}`),
    ],
    acknowledgement: '',
    facts,
  }
}
