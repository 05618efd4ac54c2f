/** How the copies of a pair are compared with the primary's files by checksum: when a run begins, and how gently it reads. */
export type VerificationSetting = {
  /** Five-field cron expression as cron(8) reads it on the standby. A run goes on where the last one ended. */
  readonly schedule: string
  /** Days after which a directory that was gone over whole is gone over again. */
  readonly everyDays: number
  /** Read on either host at most, on average. */
  readonly megabytesPerSecond: number
}

export const verificationDefaults = { everyDays: 7, megabytesPerSecond: 50 } as const

const firstHour = 1
const hours = 4

/** A number that the slug decides alone, spread evenly: many pairs must not begin at the same minute. */
const spread = (slug: string): number =>
  [...slug].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003, 7)

/** Once a night between one and five o'clock, at a minute of the pair's own. */
function nightlySchedule(slug: string): string {
  const minute = spread(slug) % (hours * 60)
  return `${minute % 60} ${firstHour + Math.floor(minute / 60)} * * *`
}

/** What holds for the pair: its own setting, the defaults where it has none; null where an operator has turned it off. */
export const verificationOf = (
  setting: VerificationSetting | null | undefined,
  slug: string,
): VerificationSetting | null =>
  setting === undefined ? { schedule: nightlySchedule(slug), ...verificationDefaults } : setting
