import { z } from 'zod'
import { drillDefaults } from '@/lib/domain/drill-defaults'
import { absolutePath } from '@/lib/domain/settings-input'

const whole = (what: string, { least, most }: { readonly least: number; readonly most: number }) =>
  z.coerce
    .number({ error: `Give ${what}.` })
    .int({ error: 'Give a whole number.' })
    .min(least, { error: `At least ${least}.` })
    .max(most, { error: `At most ${most}.` })

/** What is chosen for a drill; everything has a default. */
export const drillOptions = z.strictObject({
  /** The drill gives way as soon as what the standby has received waits longer than this to be replayed. */
  lagSeconds: whole('a number of seconds', { least: 1, most: 3_600 }).default(drillDefaults.lagSeconds),
  /** What a backup may take of the standby's disks, MB/s; PostgreSQL's own limits are 32 kB/s and 1 GB/s. */
  rateMegabytes: whole('a number of megabytes a second', { least: 1, most: 1_000 }).default(
    drillDefaults.rateMegabytes,
  ),
  /** How long `pg_amcheck` may take; 0: it is left out. */
  amcheckMinutes: whole('a number of minutes', { least: 0, most: 1_440 }).default(
    drillDefaults.amcheckMinutes,
  ),
  /** In which directory of the standby the copy is made; null: beside the data directory. */
  directory: absolutePath.nullable().default(drillDefaults.directory),
})
export type DrillOptions = z.infer<typeof drillOptions>
