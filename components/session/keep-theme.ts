import { type Theme, themeCookie } from '@/components/session/theme'

const yearSeconds = 31_536_000

/** Shows the theme at once and keeps it for a year. In the browser only; the Cookie Store API is not everywhere yet. */
export function keepTheme(theme: Theme): void {
  document.cookie = `${themeCookie}=${theme}; path=/; max-age=${yearSeconds}; samesite=lax`
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
