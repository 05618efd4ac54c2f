const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** Kept in a cookie, which the server's layout reads: no script has to run before the first paint. */
export const themeCookie = 'understudy-theme'

export function parseTheme(value: string | undefined): Theme {
  return themes.find((theme) => theme === value) ?? 'system'
}
