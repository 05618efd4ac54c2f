const browsers = [
  ['Edg/', 'Edge'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome or Chromium'],
  ['Safari/', 'Safari'],
] as const

const systems = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const

/**
 * What a browser says it is, short enough to tell one's own apart: the first that fits, because most browsers also name others
 * that they resemble (RFC 9110, 10.1.5). Never anything that is decided by.
 */
export function browserName(userAgent: string): string {
  const [browser, system] = [browsers, systems].map(
    (known) => known.find(([mark]) => userAgent.includes(mark))?.[1],
  )
  if (!browser) return 'A browser that does not say what it is'
  return system ? `${browser} on ${system}` : browser
}
