import { randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { LayoutName, Suite } from '@/lab/layouts'
import { identifyProcess, isAlive, type ProcessIdentity } from '@/lab/process-identity'
import { verifyFreeSpace } from '@/lab/requirements'
import { LabError } from '@/lab/run-command'

const stateRoot = () => process.env.UNDERSTUDY_LAB_STATE ?? '/var/lib/understudy-lab'

export type HostRecord = {
  /** 1…: also the variant of the base. */
  readonly index: number
  readonly name: string
  readonly address: string
  readonly suite: Suite
  readonly layout: LayoutName
  /** Passwords of the users who may sign in. */
  readonly passwords: Readonly<Record<string, string>>
  /** `ssh-ed25519 AAAA…` and `SHA256:…` as OpenSSH prints them. */
  readonly hostKey: string
  readonly hostKeyFingerprint: string
}

/** A lab as its directory remembers it: any process of this machine can open it again. */
export type RunRecord = {
  readonly name: string
  /** Third byte of its network 10.213.N.0/24. */
  readonly number: number
  /** Part of every name that it uses on this machine; never used again. */
  readonly tag: string
  readonly directory: string
  /** The process that the lab belongs to; null when it is kept until somebody takes it down. */
  readonly owner: ProcessIdentity | null
  readonly hosts: readonly HostRecord[]
  /** Until all its hosts have their disks: a creation that is broken off leaves what can't be booted. */
  readonly unfinished?: true
}

export const networkOf = (number: number) => `10.213.${number}`
export const bridgeOf = (record: RunRecord) => `usl-${record.tag}`

/** What a host writes while it is made and booted, and while one that is there is booted. */
const hostBytes = { create: 250e6, boot: 50e6 }

/** Throws LabError where hosts' disks lie and there is too little room for so many. */
export function verifyRoom(hosts: number, what: keyof typeof hostBytes): void {
  mkdirSync(stateRoot(), { recursive: true, mode: 0o700 })
  verifyFreeSpace(stateRoot(), hosts * hostBytes[what])
}

/** Claims a number nobody uses, atomically: a directory with the owner in it is renamed to its place. */
export function claimRun(name: string, kept: boolean): RunRecord {
  const owner = kept ? null : identifyProcess(process.pid)
  const staging = mkdtempSync(join(stateRoot(), 'claim-'))
  const tag = randomBytes(2).toString('hex')
  for (let number = 1; number < 255; number++) {
    const directory = join(stateRoot(), String(number))
    if (readdirSync(stateRoot()).some((entry) => entry.split('.')[0] === String(number))) continue
    const claimed = { number, tag, directory, owner, hosts: [], unfinished: true } as const
    const record: RunRecord = { name: name || `lab-${number}`, ...claimed }
    try {
      writeFileSync(join(staging, 'lab.json'), JSON.stringify(record), { mode: 0o600 })
    } catch (error) {
      rmSync(staging, { recursive: true })
      throw error
    }
    try {
      renameSync(staging, directory) // fails when another process was faster: its directory is not empty
      return record
    } catch {}
  }
  rmSync(staging, { recursive: true })
  throw new LabError('254 labs are up on this machine: take one down first')
}

/**
 * Takes the lab's place away before its parts. Its new name says which process removes it, and is a claim: nobody else takes part
 * while that process lives, and one alone goes on where it has ended. Null when it is gone or somebody else removes it.
 */
export function beginRemoval(record: RunRecord): RunRecord | null {
  const current = listRuns().find(({ number, tag }) => number === record.number && tag === record.tag)
  if (!current) return null
  const remover = removerOf(current)
  const here = identifyProcess(process.pid)
  if (here === null || (remover !== null && remover.pid !== here.pid && isAlive(remover))) return null
  const mark = [here.pid, here.startTicks, here.bootId].join('.')
  const directory = join(stateRoot(), `${record.number}.removing.${mark}`)
  try {
    renameSync(current.directory, directory)
  } catch {
    return null // somebody else was faster
  }
  return { ...current, directory }
}

/** The process that removes the lab, or has broken off removing it; null while nobody does. */
function removerOf(record: RunRecord): ProcessIdentity | null {
  const [, pid, startTicks, bootId] = /\.removing\.(\d+)\.(\d+)\.([^.]+)$/.exec(record.directory) ?? []
  return pid && startTicks && bootId ? { pid: Number(pid), startTicks, bootId } : null
}

export function saveRun(record: RunRecord): void {
  const path = join(record.directory, 'lab.json')
  writeFileSync(`${path}.new`, JSON.stringify(record, null, 2), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** All labs of this machine, those too whose removal was broken off. */
export function listRuns(): readonly RunRecord[] {
  if (!existsSync(stateRoot())) return []
  return readdirSync(stateRoot())
    .filter((entry) => /^\d/.test(entry))
    .map((entry) => readRun(join(stateRoot(), entry)))
    .filter((record) => record !== null)
}

function readRun(directory: string): RunRecord | null {
  try {
    return { ...(JSON.parse(readFileSync(join(directory, 'lab.json'), 'utf8')) as RunRecord), directory }
  } catch {
    return null // it was removed between the two looks
  }
}

export function findRun(name: string): RunRecord | null {
  return listRuns().find((record) => record.name === name && removerOf(record) === null) ?? null
}

/** Its process has ended without taking it down, or its removal was broken off. */
export function isStale(record: RunRecord): boolean {
  const process = removerOf(record) ?? record.owner
  return process !== null && !isAlive(process)
}
