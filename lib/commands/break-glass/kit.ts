import { type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import type { PairPlaces } from '@/lib/domain/host-places'
import { pairDirectory } from '@/lib/domain/pair-names'

/** A step of the script: what it says, what runs and as whom, and how long a failure is waited out; 0: it is tried once. */
export type KitStep = {
  readonly title: string
  readonly command: Command
  readonly patienceSeconds?: number
  /** It is told where it fails, and what comes after it is done all the same. */
  readonly mayFail?: true
}

/**
 * What the kit of a standby is built from: all that a promotion there needs to know without asking anybody. Of the same pair it is the same
 * text, whichever operation writes it.
 */
export type Kit = {
  readonly places: PairPlaces
  readonly standby: { readonly name: string; readonly address: string; readonly machineId: string | null }
  readonly primary: { readonly name: string; readonly address: string; readonly sshPort: number }
  /** Null where the pair leaves its database out. */
  readonly database: null | {
    readonly osUser: string
    readonly binDirectory: string
    readonly socketDirectory: string
    readonly port: number
    readonly primaryPort: number
  }
  /** Before the promotion: no file may flow onto the host any more. */
  readonly stopSync: readonly KitStep[]
  /** After it: the application and the operator's hooks. */
  readonly serve: readonly KitStep[]
}

/** The system that the data must be of, alone in a file: so the script is the same for a host whose PostgreSQL nobody could ask. */
export const kitIdentifierPath = (at: PairPlaces): string => `${kitDirectory(at)}/system-identifier`

/** What the script leaves, and the dashboard reads: one `name=value` a line. */
export const kitRecordPath = (at: PairPlaces): string => `${kitDirectory(at)}/promoted`

export const kitDirectory = (at: PairPlaces): string => `${pairDirectory(at)}/break-glass`

/** Takes the kit away, with what it has left. */
export const removeKit = (at: PairPlaces): Command =>
  asKeeper(at, sh`rm -rf -- ${kitDirectory(at)} && { rmdir -- ${pairDirectory(at)} 2>/dev/null || true; }`)
