import type { Command } from 'commander'
import type { PairFlags } from '@/cli/pair-command'
import { drillDefaults } from '@/lib/domain/drill-defaults'

const { lagSeconds, rateMegabytes, amcheckMinutes } = drillDefaults

/** Flags of what can be chosen for a drill. */
export const withDrillOptions = (command: Command): Command =>
  command
    .option(
      '--lag-seconds <seconds>',
      'it gives way as soon as what the standby has received waits longer than this to be replayed',
      String(lagSeconds),
    )
    .option('--rate <megabytes>', 'what a backup copies at most each second', String(rateMegabytes))
    .option(
      '--amcheck-minutes <minutes>',
      'how long pg_amcheck may look through the copy; 0 leaves it out',
      String(amcheckMinutes),
    )
    .option('--directory <path>', 'where on the standby the copy is made; else beside the data directory')

export const toDrillOptions = (flags: PairFlags & Readonly<Record<string, unknown>>): object => ({
  lagSeconds: flags.lagSeconds,
  rateMegabytes: flags.rate,
  amcheckMinutes: flags.amcheckMinutes,
  directory: flags.directory ?? null,
})
