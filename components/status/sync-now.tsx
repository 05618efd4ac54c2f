import { RefreshCw } from 'lucide-react'
import Link from 'next/link'
import { linkClass } from '@/components/ui/link-class'
import type { DirectorySetting } from '@/lib/domain/pair'
import type { PairView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

/** The way to a sync of one directory, or of all; nothing where there is none now: the page of the operation says why. */
export function SyncNow({ view, of }: { view: PairView; of?: DirectorySetting }) {
  const isOpen = view.actions.some(({ action, allowed }) => action === 'sync' && allowed)
  if (!isOpen) return null
  return (
    <Link
      href={routes.syncNow(view.pair.slug, of ? [of.id] : [])}
      className={`${linkClass} inline-flex items-center gap-1.5 whitespace-nowrap`}
      aria-label={of ? `Sync ${of.title} now` : undefined}
    >
      <RefreshCw className="size-3.5" aria-hidden="true" strokeWidth={2.2} />
      {of ? 'Sync' : 'Sync all now'}
    </Link>
  )
}
