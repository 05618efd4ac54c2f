/** When a standby fetches the primary's lists of packages, and whether it installs by itself what it lacks of them. */
export type PackageSetting = {
  /** Five-field cron expression as cron(8) reads it on the standby. */
  readonly schedule: string
  readonly installs: boolean
}

const firstHour = 2
const hours = 4

/** A number that the slug decides alone, spread evenly: many pairs must not ask their sources at the same minute. */
const spread = (slug: string): number =>
  [...slug].reduce((sum, letter) => (sum * 33 + (letter.codePointAt(0) ?? 0)) % 1_000_003, 5)

/** Once a night between two and six o'clock, at a minute of the pair's own. */
function nightlySchedule(slug: string): string {
  const minute = spread(slug) % (hours * 60)
  return `${minute % 60} ${firstHour + Math.floor(minute / 60)} * * *`
}

/** What holds for a pair that has packages in its scope: its own setting, and where it has none that of the seed, which installs. */
export const packageSettingOf = (setting: PackageSetting | undefined, slug: string): PackageSetting =>
  setting ?? { schedule: nightlySchedule(slug), installs: true }
