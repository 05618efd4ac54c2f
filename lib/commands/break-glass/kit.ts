import type { Command } from '@/lib/commands/command'
import type { PairPlaces } from '@/lib/domain/host-places'

/** A step of the script: what it says, what runs and as whom, and how long a failure is waited out; 0: it is tried once. */
export type KitStep = {
  readonly title: string
  readonly command: Command
  readonly patienceSeconds?: number
  /** It is told where it fails, and what comes after it is done all the same. */
  readonly mayFail?: true
}

/** What the kit of a standby is built from: all that a promotion there needs to know without asking anybody. */
export type Kit = {
  readonly operationId: string
  readonly places: PairPlaces
  readonly standby: { readonly name: string; readonly address: string; readonly machineId: string }
  readonly primary: { readonly name: string; readonly address: string; readonly sshPort: number }
  /** Null where the pair leaves its database out. */
  readonly database: null | {
    readonly osUser: string
    readonly binDirectory: string
    readonly socketDirectory: string
    readonly port: number
    readonly primaryPort: number
    readonly systemIdentifier: string
    /** How its server is started by hand. */
    readonly start: Command
  }
  /** Before the promotion: no file may flow onto the host any more. */
  readonly stopSync: readonly KitStep[]
  /** After it: the application and the operator's hooks. */
  readonly serve: readonly KitStep[]
  /** What an operator runs on the old primary, so that it does not come back writable. */
  readonly fence: readonly Command[]
}

export const kitDirectory = ({ state, slug }: PairPlaces): string => `${state}/${slug}/break-glass`
/** What the script leaves, and the dashboard reads: one `name=value` a line. */
export const kitRecordPath = (places: PairPlaces): string => `${kitDirectory(places)}/promoted`
