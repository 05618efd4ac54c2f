import { type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import type { HostPlaces } from '@/lib/domain/host-places'

/** A command of the profile's author, as a command of its own shell. */
export const profileCommand = (at: Pick<HostPlaces, 'keeper'>, text: string): Command =>
  asKeeper(at, sh`sh -c ${text}`)

/**
 * The same for one that leaves processes behind: they must not hold our channel open, so what it says goes through a file. Prints
 * the end of that; its exit code is the command's.
 */
export const profileAction = (at: Pick<HostPlaces, 'keeper'>, text: string): Command =>
  asKeeper(
    at,
    sh`said=$(mktemp) || exit 1
sh -c ${text} </dev/null >"$said" 2>&1
code=$?
tail -c 2000 -- "$said" >&2; rm -f -- "$said"
exit "$code"`,
  )
