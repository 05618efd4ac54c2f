import Link from 'next/link'
import type { ReactNode } from 'react'
import { ConnectionBanner } from '@/components/session/connection-banner'
import { Logo } from '@/components/session/logo'
import { MainNav } from '@/components/session/main-nav'
import { PairsPill } from '@/components/session/pairs-pill'
import type { Theme } from '@/components/session/theme'
import { UserMenu } from '@/components/session/user-menu'
import { HoverTipProvider } from '@/components/ui/hover-tip'
import type { SessionView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

/** The frame of every page behind sign-in: skip link, top bar, banner of the connection, the page. */
export function Shell(props: { user: NonNullable<SessionView['user']>; theme: Theme; children: ReactNode }) {
  return (
    <>
      <a
        href="#main"
        className="sr-only z-50 rounded-lg bg-accent px-3 py-2 font-semibold text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the page’s content
      </a>
      <header className="sticky top-0 z-30 border-line border-b bg-surface">
        <div className="mx-auto flex h-13 max-w-[1368px] items-center gap-2 px-3.5 sm:gap-4 sm:px-6">
          <Link
            href={routes.home()}
            className="flex items-center gap-2.5 rounded-md font-[650] tracking-[-0.01em]"
            aria-label="Understudy, all pairs"
          >
            <Logo />
            <span className="max-[26rem]:hidden">Understudy</span>
          </Link>
          <MainNav isAdministrator={props.user.role === 'administrator'} />
          <div className="flex-1" />
          <PairsPill />
          <UserMenu user={props.user} theme={props.theme} />
        </div>
      </header>
      <ConnectionBanner />
      <main id="main" tabIndex={-1} className="mx-auto max-w-[1368px] px-3.5 pt-5 pb-16 outline-none sm:px-6">
        <HoverTipProvider>{props.children}</HoverTipProvider>
      </main>
    </>
  )
}
