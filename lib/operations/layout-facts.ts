import { z } from 'zod'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'

/** A layout as a plan keeps it among its facts. */
export const postgresLayout = z.object({
  versionNum: z.int(),
  systemIdentifier: z.string(),
  dataDirectory: z.string(),
  configFile: z.string(),
  hbaFile: z.string(),
  binDirectory: z.string(),
  unit: z.string().nullable(),
  startConf: z.string().nullable(),
  serverLog: z.string(),
  osUser: z.string(),
  port: z.int(),
  socketDirectory: z.string(),
  walSegmentBytes: z.int(),
}) satisfies z.ZodType<PostgresLayout>
