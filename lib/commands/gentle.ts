import { type Command, sh } from '@/lib/commands/command'

/**
 * Shell words before a command that shall give way to all others: lowest priority of the processor, and of the disks where the host has
 * ionice(1). Its children inherit both.
 */
export const gentle: Command = sh`nice -n 19 $(command -v ionice >/dev/null && echo 'ionice -c 3')`
