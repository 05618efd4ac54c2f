import type { Metadata } from 'next'
import { requireSession } from '@/app/_server/require-session'
import { OverviewPage } from '@/components/pairs/overview-page'
import { neededRoles, whyNotAllowed } from '@/lib/domain/needed-roles'

export const metadata: Metadata = { title: 'Pairs' }

export default async function Page() {
  const user = await requireSession()
  return <OverviewPage canCreate={whyNotAllowed(user.role, neededRoles.create) === null} />
}
