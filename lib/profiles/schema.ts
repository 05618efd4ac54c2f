import { z } from 'zod'
import { isOneLine } from '@/lib/domain/one-line'
import { isOwnLogId, isOwnLogName } from '@/lib/domain/own-logs'
import { isSchedule } from '@/lib/domain/schedule'

/*
 * A profile says what application a pair protects. It is data only: paths, names and schedules, with the two or
 * three commands that stop, start and check the application. Unknown keys are refused, so that a mistyped key can
 * never be a silent default.
 */

const line = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine(isOneLine, 'must be one line without control characters; write it without tabs and line breaks')

/** These stand in files of lines on hosts, and in rsync's patterns. */
const absolutePath = line(1024)
  .refine((path) => path.startsWith('/'), 'must be an absolute path, for example /srv/app/files')
  .refine(
    (path) => !path.split('/').some((part) => part === '..' || part === '.'),
    'must be a path without . and .. in it',
  )
  .refine((path) => path === '/' || !path.endsWith('/'), 'must not end with a slash')
  .refine((path) => path !== '/', 'must not be the root directory')

const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes, beginning with a letter')

const fileName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,80}$/, 'must be a plain file name without a path')
  .refine((name) => name !== '.' && name !== '..', 'must be a plain file name without a path')

const schedule = z
  .string()
  .refine(isSchedule, 'is not a cron schedule; write five fields, for example "*/5 * * * *"')

const command = z
  .string()
  .min(1)
  .max(2000)
  .refine(
    (text) => text.split(/[\n\t]/).every(isOneLine),
    'must not have control characters other than tabs and line breaks',
  )
const unit = z.string().regex(/^[A-Za-z0-9:_.\\@-]+$/, 'must be the name of a systemd unit')

const directory = z.strictObject({
  id: identifier.refine(
    (id) => !isOwnLogId(id),
    'is the id of the log of all operations; give the directory another one',
  ),
  title: line(60),
  path: absolutePath,
  log: fileName.refine(
    (name) => !isOwnLogName(name),
    'is the name of a file that Understudy writes itself; give the directory’s log another one',
  ),
  schedule: schedule.default('*/5 * * * *'),
})

const postgres = z.strictObject({
  database: line(63),
  osUser: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]*\$?$/, 'must be the name of an operating-system user')
    .default('postgres'),
  port: z.int().min(1).max(65535).default(5432),
  socketDirectory: absolutePath.default('/var/run/postgresql'),
})

const application = z.strictObject({
  unit: unit.nullable().default(null),
  start: command.nullable().default(null),
  stop: command.nullable().default(null),
  check: command.nullable().default(null),
  checkTimeoutSeconds: z.int().min(1).max(3600).default(60),
  versionFile: absolutePath.nullable().default(null),
  versionCommand: command.nullable().default(null),
})

/** The application's Python packages: pip of its own interpreter. */
const pip = z.strictObject({
  /** Shell words that run it, e.g. `/opt/app/bin/python3 -m pip`; pip's own words are put behind. */
  command,
  /** Into the directory of the user who runs it (`--user`). */
  user: z.boolean().default(false),
  /** Installed from the wheels in this directory of the standby alone, not from an index. */
  wheelDirectory: absolutePath.nullable().default(null),
})

const packages = z.strictObject({
  /** Packages of the system: dpkg's or rpm's, whichever the hosts have. */
  system: z.boolean().default(false),
  pip: pip.nullable().default(null),
})

/** A command of the operator's own at a turn of the pair: DNS, a load balancer, a virtual address. */
const hook = z.strictObject({
  id: z
    .string()
    .max(40)
    .regex(/^[a-z]+(-[a-z]+)*$/, 'must be lower-case words with dashes between them'),
  title: line(60),
  /** Run on the new primary; it may be run again, so it has to bear that. */
  command,
  timeoutSeconds: z.int().min(1).max(3600).default(60),
})

const hooks = z.strictObject({ promoted: z.array(hook).max(20).default([]) })

/** A question to the database whose answer shows that its data are sound: asked of the copy that a drill starts. */
const check = z.strictObject({
  id: z
    .string()
    .max(40)
    .regex(/^[a-z]+(-[a-z]+)*$/, 'must be lower-case words with dashes between them'),
  title: line(60),
  /**
   * One statement that only reads. It answers one row, whose first column is true where all is well. Names are looked up in pg_catalog
   * alone, so tables are written with their schema.
   */
  query: command,
  timeoutSeconds: z.int().min(1).max(3600).default(60),
})

/** A question to the database that names files which its rows refer to: they are looked for beside it, on the same host. */
const rowFiles = z.strictObject({
  id: z
    .string()
    .max(40)
    .regex(/^[a-z]+(-[a-z]+)*$/, 'must be lower-case words with dashes between them'),
  title: line(60),
  /** Id of the directory in which the files lie. */
  directory: identifier,
  /**
   * One statement that only reads. It answers one column, text or bytea: for each row a path in the directory, relative to it or absolute.
   * Names are looked up in pg_catalog alone, so tables are written with their schema.
   */
  query: command,
  /** For a page of it. */
  timeoutSeconds: z.int().min(1).max(3600).default(60),
})

const limits = z.strictObject({
  /** Replay lag above which a pair is not `protected`. */
  replayLagSeconds: z.int().min(1).default(30),
  /** Clock difference between the hosts above which a pair is `degraded`. */
  clockDifferenceMs: z.int().min(1).default(2000),
  /** Free space of the data directory's file system below which a pair is `degraded`. */
  diskFreePercent: z.int().min(0).max(100).default(5),
})

const variableName = z
  .string()
  .regex(
    /^[A-Z][A-Z0-9_]*$/,
    'is not a name for a variable; write capital letters, digits and underscores, beginning with a letter',
  )

export const profileSchema = z
  .strictObject({
    format: z.literal(1, 'must be 1, the only format there is'),
    id: identifier,
    title: line(80),
    /** The application's name in the status text: "Current <seedName> Version". */
    seedName: line(40),
    variables: z.record(variableName, z.string()).default({}),
    postgres,
    application,
    logDirectory: absolutePath,
    directories: z.array(directory).max(200),
    walKeepSegments: z.int().min(1).max(1_000_000).default(32),
    packages: packages.prefault({}),
    hooks: hooks.prefault({}),
    checks: z.array(check).max(50).default([]),
    rowFiles: z.array(rowFiles).max(20).default([]),
    limits: limits.prefault({}),
  })
  .superRefine((profile, context) => {
    const { unit, start, stop, check } = profile.application
    if (unit === null && start !== null && stop !== null && check === null)
      context.addIssue({
        code: 'custom',
        path: ['application', 'check'],
        message: 'is needed where the application has no unit: only it tells whether the application runs',
      })
    const named = [
      { what: 'hook', path: ['hooks', 'promoted'], all: profile.hooks.promoted },
      { what: 'check', path: ['checks'], all: profile.checks },
      { what: 'query', path: ['rowFiles'], all: profile.rowFiles },
    ]
    profile.rowFiles.forEach(({ directory: wanted }, index) => {
      if (!profile.directories.some(({ id }) => id === wanted))
        context.addIssue({
          code: 'custom',
          path: ['rowFiles', index, 'directory'],
          message: `is no directory of this profile: ${wanted}`,
        })
    })
    for (const { what, path, all } of named)
      all.forEach(({ id }, index) => {
        if (all.findIndex((other) => other.id === id) < index)
          context.addIssue({
            code: 'custom',
            path: [...path, index, 'id'],
            message: `is used twice: there is another ${what} ${id}`,
          })
      })
    for (const key of ['id', 'path'] as const) {
      profile.directories.forEach((entry, index) => {
        const first = profile.directories.findIndex((other) => other[key] === entry[key])
        if (first < index)
          context.addIssue({
            code: 'custom',
            path: ['directories', index, key],
            message: `is used twice: directories[${first}] has the same ${key}`,
          })
      })
    }
  })

export type Profile = z.infer<typeof profileSchema>
export type Hook = z.infer<typeof hook>
export type ProfileCheck = z.infer<typeof check>
export type RowFilesQuery = z.infer<typeof rowFiles>
