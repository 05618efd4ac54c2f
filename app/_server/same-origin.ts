import { AppError } from '@/lib/errors'

/**
 * Refuses what another site's page sends in a visitor's name. A browser puts `Origin` on every request that is not a
 * GET or HEAD (Fetch standard, 3.1) and no page can forge it; it must name the address that was asked.
 */
export function requireSameOrigin(headers: Headers): void {
  const origin = headers.get('origin')
  const hosts = [headers.get('host'), headers.get('x-forwarded-host')]
  if (origin !== null && hosts.includes(hostOf(origin))) return
  throw new AppError('NOT_ALLOWED', 'This request does not come from a page of this dashboard.', {
    fix: 'Open the dashboard by its own address and try again.',
    detail: `origin ${origin}`,
  })
}

function hostOf(origin: string): string {
  try {
    return new URL(origin).host
  } catch {
    return ''
  }
}
