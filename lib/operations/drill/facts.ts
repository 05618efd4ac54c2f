import { z } from 'zod'
import { drillOptions } from '@/lib/domain/drill-options'
import { drillHostSurvey, drillServerSurvey } from '@/lib/facts/drill-survey'
import { asked, hostFacts } from '@/lib/operations/preflight/host-facts'

/** What a drill rests on: read at plan time, kept with the plan. */
export const drillFacts = z.object({
  standby: hostFacts,
  primary: hostFacts,
  options: drillOptions,
  host: asked(drillHostSurvey),
  server: asked(drillServerSurvey),
})
export type DrillFacts = z.infer<typeof drillFacts>
