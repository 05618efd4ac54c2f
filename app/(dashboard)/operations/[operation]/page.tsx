import type { Metadata } from 'next'
import { requireSession } from '@/app/_server/require-session'
import { OperationPage } from '@/components/operations/operation-page'

export const metadata: Metadata = { title: 'Operation' }

export default async function Page({ params }: { params: Promise<{ operation: string }> }) {
  await requireSession()
  return <OperationPage id={decodeURIComponent((await params).operation)} />
}
