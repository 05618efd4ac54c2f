import { pairDirectory } from '@/lib/domain/pair-names'

/** Where the file sync lives on hosts, in one place. */
export const programDirectory = '/usr/local/lib/understudy'
export const syncProgram = `${programDirectory}/understudy-sync`
export const sendProgram = `${programDirectory}/understudy-send`

/** Settings of a pair on either host. */
export const settingsDirectory = (slug: string): string => `/etc/understudy/${slug}`

/** One record per run and directory, see `host/understudy-sync`. */
export const runsDirectory = (slug: string): string => `${pairDirectory(slug)}/runs`

/** The records of all runs of a directory that were kept, one a line, the newest last. */
export const runRecordsPath = (slug: string, id: string): string => `${runsDirectory(slug)}/${id}.jsonl`

/** The standby's private key for the primary; `.pub` beside it. */
export const syncKeyPath = (slug: string): string => `${pairDirectory(slug)}/sync_key`

/** cron(8) reads it as root. */
export const schedulePath = (slug: string): string => `/etc/cron.d/understudy-${slug}`
export const rotationPath = (slug: string): string => `/etc/logrotate.d/understudy-${slug}`

/** The file that a directory of the primary must carry to be sent. */
export const sourceMarkName = '.understudy-source'

/** Ids of directories stand in file names and in lists parted by spaces: see `lib/profiles/schema.ts`. */
export const isDirectoryId = (id: string): boolean => /^[a-z][a-z0-9-]{0,39}$/.test(id)
