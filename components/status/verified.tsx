import { Wrench } from 'lucide-react'
import Link from 'next/link'
import { Ago } from '@/components/status/ago'
import type { DirectoryState } from '@/components/status/directory-state'
import { linkClass } from '@/components/ui/link-class'
import { verifiedPercent } from '@/lib/domain/verified-share'
import type { PairView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

/** How much of a directory was compared with the primary's files by checksum, and within what time. */
export function Verified({ state: { verified, facts } }: { state: DirectoryState }) {
  if (!facts) return <>–</>
  if (!verified) return <>not yet</>
  return (
    <>
      {verifiedPercent(verified)}
      <span className="block text-ink3 text-xs">
        within <Ago at={verified.since} never="–" bare />
      </span>
    </>
  )
}

/** The way to a repair of what differs in a directory; nothing where nothing does, or it can't be repaired now. */
export function RepairFiles({ view, state }: { view: PairView; state: DirectoryState }) {
  const isOpen = view.actions.some(({ action, allowed }) => action === 'repair-files' && allowed)
  if (!isOpen || !state.facts?.verification?.differs) return null
  return (
    <Link
      href={routes.repairFiles(view.pair.slug, [state.setting.id])}
      className={`${linkClass} inline-flex items-center gap-1.5 whitespace-nowrap`}
      aria-label={`Repair files of ${state.setting.title}`}
    >
      <Wrench className="size-3.5" aria-hidden="true" strokeWidth={2.2} />
      Repair
    </Link>
  )
}
