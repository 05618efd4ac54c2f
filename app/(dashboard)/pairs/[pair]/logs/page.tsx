import type { Metadata } from 'next'
import { requireSession } from '@/app/_server/require-session'
import { LogsPage } from '@/components/logs/logs-page'

export const metadata: Metadata = { title: 'Logs' }

export default async function Page({ params }: { params: Promise<{ pair: string }> }) {
  await requireSession()
  return <LogsPage slug={decodeURIComponent((await params).pair)} />
}
