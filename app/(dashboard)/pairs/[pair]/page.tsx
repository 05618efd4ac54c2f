import type { Metadata } from 'next'
import { requireSession } from '@/app/_server/require-session'
import { LivePage } from '@/components/pairs/live-page'

type Props = { params: Promise<{ pair: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).pair) }
}

export default async function Page({ params }: Props) {
  await requireSession()
  return <LivePage slug={decodeURIComponent((await params).pair)} />
}
