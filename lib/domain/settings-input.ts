import { z } from 'zod'
import { isOneLine } from '@/lib/domain/one-line'
import { isOwnLogId, isOwnLogName } from '@/lib/domain/own-logs'
import { fenceReturnedChoices } from '@/lib/domain/pair'
import { isSchedule } from '@/lib/domain/schedule'
import { isDirectoryId } from '@/lib/domain/sync-names'

/** What a pair is made with, and what can be changed of it: checked in the same words. */

/** One line of text without control characters. */
export const line = (what: string, maxLength: number) =>
  z
    .string({ error: `Give ${what}.` })
    .trim()
    .min(1, { error: `Give ${what}.` })
    .max(maxLength, { error: `At most ${maxLength} characters.` })
    .refine(isOneLine, { error: 'No line breaks or control characters.' })

const cronSchedule = line('a schedule', 100).refine(isSchedule, {
  error: 'Five fields: minute, hour, day of month, month, day of week, for example */5 * * * *.',
})

/** As `lib/profiles/schema.ts` has it: these paths stand in files of lines and in rsync's patterns on hosts. */
export const absolutePath = line('an absolute path', 1024)
  .refine((value) => value.startsWith('/'), { error: 'An absolute path begins with a slash.' })
  .refine((value) => value.length > 1 && !value.endsWith('/'), {
    error: 'Give a directory below the root, without a slash at its end.',
  })
  .refine((value) => !value.split('/').some((part) => part === '..' || part === '.'), {
    error: 'A path without . and .. in it.',
  })

export const pairSettingsInput = z.object({
  walKeepSegments: z.coerce
    .number({ error: 'Give a number of WAL segments.' })
    .int({ error: 'Give a whole number.' })
    .min(1, { error: 'At least 1 segment.' })
    .max(65_536, { error: 'At most 65536 segments (1 TiB).' }),
  /** With it the standby gets a replication slot; without a limit there is none. */
  slotWalSegments: z.coerce
    .number({ error: 'Give a number of WAL segments.' })
    .int({ error: 'Give a whole number.' })
    .min(1, { error: 'At least 1 segment.' })
    .max(65_536, { error: 'At most 65536 segments (1 TiB).' })
    .nullish(),
  directories: z.array(
    z.object({
      id: line('an id', 40)
        .refine(isDirectoryId, {
          error: 'Lower-case letters, digits and dashes, beginning with a letter.',
        })
        .refine((value) => !isOwnLogId(value), { error: 'The log of all operations has this id.' }),
      title: line('a title', 80),
      path: absolutePath,
      log: line('a log file name', 80)
        .refine((value) => /^(?!\.{1,2}$)[A-Za-z0-9_.-]+$/.test(value), {
          error: 'A plain file name, not a path.',
        })
        .refine((value) => !isOwnLogName(value), { error: 'Understudy writes a file of this name itself.' }),
      schedule: cronSchedule,
    }),
  ),
  fenceReturned: z.enum(fenceReturnedChoices).optional(),
  /** For packages in the scope; left out: once a night, and what is missing is installed. */
  packages: z.object({ schedule: cronSchedule, installs: z.boolean() }).optional(),
})

export const scopeInput = z
  .object({ database: z.boolean(), files: z.boolean(), packages: z.boolean().optional() })
  .refine((scope) => scope.database || scope.files, {
    error: 'Choose at least one of database and files: packages alone are no standby.',
  })

type Chosen = {
  readonly scope: z.infer<typeof scopeInput>
  readonly settings: z.infer<typeof pairSettingsInput>
}

/** Without its database a pair protects its directories, so it has some. */
export const protectsSomething = ({ scope, settings }: Chosen) =>
  scope.database || !scope.files || settings.directories.length > 0
export const nothingLeft = {
  error: 'Without the database at least one directory has to stay.',
  path: ['settings', 'directories'],
}

/** A former primary is known by its timeline: without a database nobody but a person can tell. */
export const fencesByDatabase = ({ scope, settings }: Chosen) =>
  scope.database || settings.fenceReturned !== 'automatic'
export const noTimelines = {
  error: 'Without the database a former primary is fenced by you alone: choose to be asked.',
  path: ['settings', 'fenceReturned'],
}
