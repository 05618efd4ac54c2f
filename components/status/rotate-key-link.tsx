import { KeyRound } from 'lucide-react'
import Link from 'next/link'
import { actionHref, actionLabels } from '@/components/status/verdict-card'
import { linkClass } from '@/components/ui/link-class'
import type { PairView } from '@/lib/domain/views'

/** The way to a new key between the hosts, beside what is copied by it; nothing where its action is closed. */
export function RotateKeyLink({ view: { actions, pair } }: { view: PairView }) {
  const isOpen = actions.some(({ action, allowed }) => action === 'rotate-key' && allowed)
  if (!isOpen) return null
  return (
    <Link
      href={actionHref('rotate-key', pair.slug)}
      className={`inline-flex items-center gap-1.5 ${linkClass}`}
    >
      <KeyRound className="size-3.5" aria-hidden="true" />
      {actionLabels['rotate-key']}
    </Link>
  )
}
