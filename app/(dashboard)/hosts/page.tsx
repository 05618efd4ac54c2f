import type { Metadata } from 'next'
import { requireSession } from '@/app/_server/require-session'
import { HostsPage } from '@/components/hosts/hosts-page'

export const metadata: Metadata = { title: 'Hosts' }

export default async function Page() {
  const user = await requireSession()
  return <HostsPage isAdministrator={user.role === 'administrator'} />
}
