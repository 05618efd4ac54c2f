import { z } from 'zod'
import { syncFacts } from '@/lib/operations/sync/facts'

/** What a repair of files rests on: as a sync that somebody asks for, and the files that are known to differ. */
export const repairFilesFacts = z.object({
  ...syncFacts.shape,
  files: z.array(
    z.object({
      /** Of the directory. */
      id: z.string(),
      /** As rsync(1) prints them. */
      names: z.array(z.string()),
      /** Also of those that this repair does not name. */
      total: z.int().nonnegative(),
    }),
  ),
})
export type RepairFilesFacts = z.infer<typeof repairFilesFacts>
