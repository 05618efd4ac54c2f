import { defineConfig } from 'drizzle-kit'

/** `npx drizzle-kit generate --config lib/io/store/drizzle.config.ts` after a change of the schema. */
export default defineConfig({
  dialect: 'postgresql',
  schema: ['./lib/io/store/schema.ts', './lib/io/store/auth-schema.ts'],
  out: './lib/io/store/migrations',
})
