/**
 * The policy of every page (W3C CSP 3). Scripts run by nonce only; styles may stand inline, because components set
 * positions and sizes by them, and no style can run code. `isDevelopment` lets React show stacks, which needs eval.
 */
export function buildContentSecurityPolicy(nonce: string, isDevelopment: boolean): string {
  const scripts = [
    "'self'",
    `'nonce-${nonce}'`,
    "'strict-dynamic'",
    ...(isDevelopment ? ["'unsafe-eval'"] : []),
  ]
  return [
    "default-src 'self'",
    `script-src ${scripts.join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}
