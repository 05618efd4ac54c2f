import type { HostPlaces, PairPlaces } from '@/lib/domain/host-places'
import { pairDirectory } from '@/lib/domain/pair-names'

/** Where the file sync lives on hosts, in one place. */
export const syncProgram = ({ programs }: HostPlaces): string => `${programs}/understudy-sync`
export const catchUpProgram = ({ programs }: HostPlaces): string => `${programs}/understudy-catch-up`
export const packagesProgram = ({ programs }: HostPlaces): string => `${programs}/understudy-packages`
export const sendProgram = ({ programs }: HostPlaces): string => `${programs}/understudy-send`

/** Settings of a pair on either host. */
export const settingsDirectory = ({ settings, slug }: PairPlaces): string => `${settings}/${slug}`

/** Which way the files of a pair without a database flow: see `lib/domain/file-role.ts`. */
export const fileRolePath = (at: PairPlaces): string => `${pairDirectory(at)}/file-role`

/** One record per run and directory, see `host/understudy-sync`. */
export const runsDirectory = (at: PairPlaces): string => `${pairDirectory(at)}/runs`

/** The records of all runs of a directory that were kept, one a line, the newest last. */
export const runRecordsPath = (at: PairPlaces, id: string): string => `${runsDirectory(at)}/${id}.jsonl`

/** The records of runs that keep the packages, see `host/understudy-packages`: `run.last`, `run.good`, and all of them in `run.jsonl`. */
export const packageRunsDirectory = (at: PairPlaces): string => `${pairDirectory(at)}/packages`

/** The standby's private key for the primary; `.pub` beside it. */
export const syncKeyPath = (at: PairPlaces): string => `${pairDirectory(at)}/sync_key`

/** cron(8) reads it as root; an unprivileged host has a block in its user's crontab instead. */
export const schedulePath = (slug: string): string => `/etc/cron.d/understudy-${slug}`

/** logrotate(8) reads the system's; on an unprivileged host the crontab hands it its own. */
export const rotationPath = (at: PairPlaces): string =>
  at.keeper === 'root' ? `/etc/logrotate.d/understudy-${at.slug}` : `${settingsDirectory(at)}/logrotate.conf`

/** The file that a directory of the primary must carry to be sent. */
export const sourceMarkName = '.understudy-source'

/** Ids of directories stand in file names and in lists parted by spaces: see `lib/profiles/schema.ts`. */
export const isDirectoryId = (id: string): boolean => /^[a-z][a-z0-9-]{0,39}$/.test(id)
