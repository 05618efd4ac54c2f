import type { Metadata } from 'next'
import { readFirstView } from '@/app/_server/read-first-view'
import { requireSession } from '@/app/_server/require-session'
import { LivePage } from '@/components/pairs/live-page'

type Props = { params: Promise<{ pair: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).pair) }
}

export default async function Page({ params }: Props) {
  const user = await requireSession()
  const slug = decodeURIComponent((await params).pair)
  return <LivePage slug={slug} first={await readFirstView(user, slug)} />
}
