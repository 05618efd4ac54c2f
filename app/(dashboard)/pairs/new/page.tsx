import type { Metadata } from 'next'
import { requireSession } from '@/app/_server/require-session'
import { AccessDenied } from '@/components/session/access-denied'
import { CreateWizard } from '@/components/wizard/create/create-wizard'
import { neededRoles, whyNotAllowed } from '@/lib/domain/needed-roles'

export const metadata: Metadata = { title: 'Create a standby' }

export default async function Page() {
  const user = await requireSession()
  const why = whyNotAllowed(user.role, neededRoles.create)
  return why ? <AccessDenied why={why} /> : <CreateWizard />
}
