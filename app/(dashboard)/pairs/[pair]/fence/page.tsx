import type { Metadata } from 'next'
import { requireSession } from '@/app/_server/require-session'
import { AccessDenied } from '@/components/session/access-denied'
import { FencePage } from '@/components/wizard/fence-page'
import { neededRoles, whyNotAllowed } from '@/lib/domain/needed-roles'

export const metadata: Metadata = { title: 'Fence' }

export default async function Page({ params }: { params: Promise<{ pair: string }> }) {
  const user = await requireSession()
  const why = whyNotAllowed(user.role, neededRoles.fence)
  return why ? <AccessDenied why={why} /> : <FencePage slug={decodeURIComponent((await params).pair)} />
}
