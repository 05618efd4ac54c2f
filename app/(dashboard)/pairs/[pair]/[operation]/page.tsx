import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { requireSession } from '@/app/_server/require-session'
import { PairOperationPage } from '@/components/pair-operations/pair-operation-page'
import { AccessDenied } from '@/components/session/access-denied'
import { neededRoles, whyNotAllowed } from '@/lib/domain/needed-roles'
import { operationTitles } from '@/lib/domain/operation-words'
import { isPairOperation } from '@/lib/domain/pair-operations'

type Props = { params: Promise<{ pair: string; operation: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { operation } = await params
  return { title: isPairOperation(operation) ? operationTitles[operation] : 'Not found' }
}

export default async function Page({ params }: Props) {
  const user = await requireSession()
  const { pair, operation } = await params
  // A promotion has a page of its own.
  if (!isPairOperation(operation) || operation === 'promote') notFound()
  const why = whyNotAllowed(user.role, neededRoles[operation])
  if (why) return <AccessDenied why={why} />
  return <PairOperationPage slug={decodeURIComponent(pair)} operation={operation} />
}
