import type { Metadata } from 'next'
import { requireSession } from '@/app/_server/require-session'
import { AccountPage } from '@/components/session/account-page'

export const metadata: Metadata = { title: 'Your account' }

export default async function Page() {
  return <AccountPage user={await requireSession()} />
}
