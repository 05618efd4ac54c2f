'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useEffect } from 'react'
import { queries } from '@/components/data/queries'
import { OperationPanel } from '@/components/operations/operation-panel'
import { linkClass } from '@/components/ui/link-class'
import { PageHead } from '@/components/ui/page-head'
import { formatDuration } from '@/lib/domain/format-duration'
import { formatFullInstant } from '@/lib/domain/format-instant'
import { operationTitles, operationWords } from '@/lib/domain/operation-words'
import type { OperationView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

export function OperationPage({ id }: { id: string }) {
  const { data } = useQuery(queries.operation(id))
  const title = data ? `${operationTitles[data.operation.kind]}: ${data.pairSlug}` : 'Operation'
  const word = data ? operationWords[data.operation.state] : ''
  useEffect(() => {
    if (word) document.title = `${word} · ${title} · Understudy`
  }, [title, word])
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead title={title}>{data ? <About view={data} /> : null}</PageHead>
      <OperationPanel id={id} />
    </div>
  )
}

function About({ view }: { view: OperationView }) {
  const { operation, pairSlug } = view
  const took = operation.endedAt && (Date.parse(operation.endedAt) - Date.parse(operation.createdAt)) / 1000
  return (
    <>
      On{' '}
      <Link href={routes.pair(pairSlug)} className={linkClass}>
        {pairSlug}
      </Link>
      , started by {operation.startedBy} on{' '}
      <time dateTime={operation.createdAt}>{formatFullInstant(operation.createdAt)}</time>
      {took ? `, ended after ${formatDuration(took)}` : ''}.{' '}
      {operation.reason ? <>Reason: “{operation.reason}”</> : null}
    </>
  )
}
