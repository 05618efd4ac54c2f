import type { Metadata } from 'next'
import { requireSession } from '@/app/_server/require-session'
import { DrillsPage } from '@/components/drills/drills-page'

export const metadata: Metadata = { title: 'Drills' }

export default async function Page({ params }: { params: Promise<{ pair: string }> }) {
  await requireSession()
  return <DrillsPage slug={decodeURIComponent((await params).pair)} />
}
