import { asRoot, type Command } from '@/lib/commands/command'
import type { HostPlaces } from '@/lib/domain/host-places'

/** As the keeper of our files on the host: root, or the login user where it may not become root. */
export const asKeeper = ({ keeper }: Pick<HostPlaces, 'keeper'>, command: Command): Command =>
  keeper === 'root' ? asRoot(command) : command
