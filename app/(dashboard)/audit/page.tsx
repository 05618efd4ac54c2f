import type { Metadata } from 'next'
import { requireSession } from '@/app/_server/require-session'
import { AccessDenied } from '@/components/session/access-denied'
import { AuditPage } from '@/components/session/audit-page'
import { whyNotAllowed } from '@/lib/domain/needed-roles'

export const metadata: Metadata = { title: 'Audit' }

export default async function Page() {
  const user = await requireSession()
  const why = whyNotAllowed(user.role, 'administrator')
  return why ? <AccessDenied why={why} /> : <AuditPage />
}
