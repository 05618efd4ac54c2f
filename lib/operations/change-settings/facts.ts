import { z } from 'zod'
import { pairSettingsInput, scopeInput } from '@/lib/domain/settings-input'
import { createFacts } from '@/lib/operations/create/facts'

const changeable = z.object({ scope: scopeInput, settings: pairSettingsInput })

/** What a change of settings rests on: both hosts, and what comes to them, as for a create; and the settings before and after. */
export const changeFacts = z.object({ ...createFacts.shape, before: changeable, after: changeable })

export type ChangeFacts = z.infer<typeof changeFacts>
