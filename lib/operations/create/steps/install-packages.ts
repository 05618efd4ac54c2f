import { toPreview } from '@/lib/commands/command'
import { lastSaid } from '@/lib/commands/last-said'
import {
  ensurePairDirectory,
  forgetPackages,
  installPackages as installCommand,
  listPackages,
  packagesBeforePath,
  removePackages,
} from '@/lib/commands/packages'
import { pairPlaces } from '@/lib/domain/host-places'
import type { ReversibleStep } from '@/lib/domain/operation'
import { comparePackages, type Package, type PackageKind, packageLogName } from '@/lib/domain/packages'
import { parseLeftConfigured, parsePackages } from '@/lib/facts/packages'
import { markOf } from '@/lib/operations/context'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import type { ComparedPackages } from '@/lib/operations/create/package-facts'
import { readPackages } from '@/lib/operations/create/read-package-facts'
import { type Step, type StepIo, stopReason } from '@/lib/operations/engine/step'
import { ensureJob, followJob } from '@/lib/operations/follow-job'
import { jobLines } from '@/lib/operations/job-lines'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 60_000
const installMs = 1_800_000
/** A package manager that is told to end finishes what it is at. */
const graceMs = 60_000

const bare = (name: string) => name.replace(/:.*$/, '')
const words = (packages: readonly Package[]) =>
  packages.map(({ name, version }) => `${name} ${version}`).join(', ')

/** One line for each package that is missing: what is done about it. */
function noteLines({ missing, targets, alongside, unavailable, other }: ComparedPackages): readonly string[] {
  const target = new Map(targets.map(({ name, version }) => [name, version]))
  return [
    ...missing.map(({ name, version }) => {
      const its = target.get(name)
      if (its === undefined) return `${name} ${version}: missing, and no source offers it`
      return its === version
        ? `${name} ${version}: missing, is installed`
        : `${name} ${version}: missing, is installed as ${its}: no source offers the primary’s`
    }),
    ...alongside.map(({ name, version }) => `${name} ${version}: comes with them, because they need it`),
    ...other.map(
      ({ name, primary, standby }) => `${name}: ${standby}, on the primary ${primary}; left as it is`,
    ),
    ...(unavailable.length > 0 ? [`${unavailable.length} stay missing`] : []),
  ]
}

/** What the step knows and does on the standby, from one place for its parts. */
function deedsOf(basis: FileBasis, kind: PackageKind, { targets, alongside }: ComparedPackages) {
  const { hosts, pair, profile, operationId } = basis
  const at = pairPlaces(hosts.standby, pair.slug)
  const { pip } = profile.packages
  const planned = new Set([...targets, ...alongside].map(({ name }) => bare(name)))
  const path = packagesBeforePath(at, kind, markOf(operationId))
  const read = async ({ doors }: FileContext) =>
    (await readPackages(doors.standby, hosts.standby, kind, pip)) ?? []
  const readBefore = async ({ doors }: FileContext) => await doors.standby.readFile(path)
  return {
    at,
    path,
    command: installCommand(kind, at, pip, targets),
    jobId: `install-${kind}-${operationId}`,
    read,
    readBefore,
    /** Kept once, before anything is installed: whoever takes the operation up again must not take ours for what was there. */
    async keepBefore(context: FileContext): Promise<void> {
      if ((await readBefore(context)) !== null) return
      const { standby } = context.doors
      await standby.runOrThrow(ensurePairDirectory(at), { timeoutMs })
      const { stdout } = await standby.runOrThrow(listPackages(kind, at, pip), { timeoutMs })
      await standby.writeFile({ path, content: stdout, mode: '0644', owner: at.owner, isSecret: false })
    },
    lacking: async (context: FileContext) => {
      const now = new Set((await read(context)).map(({ name }) => name))
      return targets.filter(({ name }) => !now.has(name))
    },
    /** Of what is there now and was not before: what this step brought. */
    async brought(context: FileContext, before: string): Promise<readonly string[]> {
      const had = new Set(parsePackages(kind, before).map(({ name }) => name))
      return (await read(context))
        .map(({ name }) => name)
        .filter((name) => !had.has(name) && planned.has(bare(name)))
    },
    remove: (names: readonly string[]) => removePackages(kind, at, pip, names),
  }
}

type Deeds = ReturnType<typeof deedsOf>

function plannedOf(
  { hosts }: FileBasis,
  kind: PackageKind,
  found: ComparedPackages,
  deeds: Deeds,
): ReversibleStep {
  return {
    id: `install-${kind}-packages`,
    title: `Install ${found.targets.length} packages (${kind}) of ${hosts.primary.name} on ${hosts.standby.name}`,
    host: 'standby',
    preview: [
      { kind: 'command', text: toPreview(deeds.command) },
      { kind: 'note', text: `What was there before is kept in ${deeds.path}.` },
      ...noteLines(found).map((text) => ({ kind: 'note' as const, text })),
    ],
    undo: 'undo',
    undoSentence: 'Removes exactly what this step installed, where nothing else needs it by then.',
    irreversible: false,
    timeoutMs: installMs + 60_000,
    attemptsMax: 1,
    log: packageLogName(kind),
  }
}

/** As a job of the standby's own, with its output as it comes; whoever takes the operation up follows it. */
async function install(context: FileContext, io: StepIo, { jobId, command }: Deeds): Promise<void> {
  const { standby } = context.doors
  await ensureJob(standby, jobId, command, io.signal)
  const show = jobLines(standby, jobId, io)
  try {
    await followJob({ door: standby, jobId, clock: context.clock }, io, show)
    await show()
  } catch (error) {
    if (stopReason(io.signal) === 'cancelled' || stopReason(io.signal) === 'timed-out')
      await standby.endJob(jobId, graceMs)
    throw error
  }
  await standby.forgetJob(jobId)
}

/** Everything is there that was to come, and everything that was there before. */
async function verifyInstalled(context: FileContext, kind: PackageKind, deeds: Deeds): Promise<string> {
  const { name } = context.hosts.standby
  const lacking = await deeds.lacking(context)
  if (lacking.length > 0)
    throw stepFailed(
      `Not installed on ${name}: ${words(lacking)}.`,
      'See the output above: make its sources offer them, then resume; or undo, and leave the packages out.',
    )
  const before = await deeds.readBefore(context)
  if (before === null) return `${name} has them all.`
  const { missing: gone, other } = comparePackages(parsePackages(kind, before), await deeds.read(context))
  if (gone.length > 0)
    throw stepFailed(
      `${words(gone)} was on ${name} before and is gone.`,
      'Find out who removed it, install it again, then resume.',
    )
  const changed = other.map(({ name: its, primary, standby }) => `${its} ${primary} → ${standby}`)
  return `${name} has them all${changed.length > 0 ? `; changed meanwhile: ${changed.join(', ')}` : ''}.`
}

/** Removes what the step brought, and nothing else; says what could not go. */
async function takeBack(context: FileContext, kind: PackageKind, deeds: Deeds): Promise<string> {
  const { standby } = context.doors
  await standby.endJob(deeds.jobId, graceMs)
  await standby.forgetJob(deeds.jobId)
  const before = await deeds.readBefore(context)
  if (before === null) return 'Nothing was installed.'
  const brought = await deeds.brought(context, before)
  // Purging one that had been removed before would delete configuration that was there.
  const kept = kind === 'deb' ? parseLeftConfigured(before).filter((each) => brought.includes(each)) : []
  const removed = brought.filter((each) => !kept.includes(each))
  if (removed.length > 0) {
    const { exitCode, stderr } = await standby.run(deeds.remove(removed), { timeoutMs: installMs })
    const still = (await deeds.brought(context, before)).filter((each) => removed.includes(each))
    if (still.length > 0)
      throw stepFailed(
        `${still.join(', ')} could not be removed from ${standby.hostName}: something else needs it by now.`,
        'Nothing else was changed. Remove it by hand, or close the operation and leave it there.',
        `exit code ${exitCode}: ${lastSaid(stderr)}`,
      )
  }
  await standby.runOrThrow(forgetPackages(deeds.at, deeds.path), { timeoutMs })
  const stays = kept.length > 0 ? ` ${kept.join(', ')} stays: its configuration was there before.` : ''
  return `Removed what was installed: ${removed.join(', ') || 'nothing'}.${stays}`
}

/** What the primary has and the standby lacks is installed there; nothing is removed, and nothing gets an older version. */
export function installPackages(
  basis: FileBasis,
  kind: PackageKind,
  found: ComparedPackages,
): Step<FileContext> {
  const deeds = deedsOf(basis, kind, found)
  return {
    planned: plannedOf(basis, kind, found, deeds),
    async check(context) {
      return (await deeds.lacking(context)).length === 0
        ? { done: true, sentence: `${basis.hosts.standby.name} has them all already.` }
        : { done: false }
    },
    async run(context, io) {
      await deeds.keepBefore(context)
      await install(context, io, deeds)
    },
    verify: (context) => verifyInstalled(context, kind, deeds),
    undo: (context) => takeBack(context, kind, deeds),
  }
}
