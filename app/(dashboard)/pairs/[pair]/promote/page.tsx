import type { Metadata } from 'next'
import { requireSession } from '@/app/_server/require-session'
import { AccessDenied } from '@/components/session/access-denied'
import { PromoteWizard } from '@/components/wizard/promote/promote-wizard'
import { neededRoles, whyNotAllowed } from '@/lib/domain/needed-roles'

export const metadata: Metadata = { title: 'Promote' }

export default async function Page({ params }: { params: Promise<{ pair: string }> }) {
  const user = await requireSession()
  const why = whyNotAllowed(user.role, neededRoles.promote)
  return why ? <AccessDenied why={why} /> : <PromoteWizard slug={decodeURIComponent((await params).pair)} />
}
