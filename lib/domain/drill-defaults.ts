/** What a drill does where nothing else is chosen; apart from its rules, so that a page need not load those. */
export const drillDefaults = {
  lagSeconds: 10,
  rateMegabytes: 100,
  amcheckMinutes: 60,
  directory: null,
} as const
