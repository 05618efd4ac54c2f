import { type Command, sh } from '@/lib/commands/command'
import type { FileToWrite } from '@/lib/commands/file'
import { asKeeper } from '@/lib/commands/keeper'
import type { PairPlaces } from '@/lib/domain/host-places'
import { pairDirectory, passfilePath } from '@/lib/domain/pair-names'

/** The password of replication, for the database's owner alone. */
export const passfile = (at: PairPlaces, osUser: string, content: string): FileToWrite => ({
  path: passfilePath(at),
  content,
  mode: '0600',
  owner: `${osUser}:`,
  isSecret: true,
})

export const removePassfile = (at: PairPlaces): Command =>
  asKeeper(at, sh`rm -f -- ${passfilePath(at)}; rmdir -- ${pairDirectory(at)} 2>/dev/null || true`)
