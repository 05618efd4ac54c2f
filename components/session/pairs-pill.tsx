'use client'
import { useQuery } from '@tanstack/react-query'
import { ShieldAlert, ShieldCheck } from 'lucide-react'
import Link from 'next/link'
import { queries } from '@/components/data/queries'
import { Pill } from '@/components/ui/pill'
import { routes } from '@/lib/routes'

/** How many pairs are protected, from every page. */
export function PairsPill() {
  const { data } = useQuery(queries.pairs())
  if (!data || data.length === 0) return null
  const good = data.filter((view) => view.verdict?.state === 'protected').length
  const all = good === data.length
  return (
    <Link href={routes.home()} className="rounded-full">
      <Pill
        tone={all ? 'ok' : 'warn'}
        size="small"
        icon={all ? <ShieldCheck aria-hidden="true" /> : <ShieldAlert aria-hidden="true" />}
      >
        {good} of {data.length}
        <span className="max-sm:sr-only"> protected</span>
      </Pill>
    </Link>
  )
}
