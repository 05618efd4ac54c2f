'use client'
import { Menu as MenuIcon } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { buttonClass } from '@/components/ui/button'
import { closeMenu, Menu, menuItemClass } from '@/components/ui/menu'
import { routes } from '@/lib/routes'

type Place = { href: string; label: string; isHere: (path: string) => boolean; administratorOnly?: true }

const places: readonly Place[] = [
  {
    href: routes.home(),
    label: 'Pairs',
    isHere: (path) => path === '/' || path.startsWith('/pairs') || path.startsWith('/operations'),
  },
  { href: routes.hosts(), label: 'Hosts', isHere: (path) => path.startsWith('/hosts') },
  {
    href: routes.audit(),
    label: 'Audit',
    isHere: (path) => path.startsWith('/audit'),
    administratorOnly: true,
  },
  {
    href: routes.users(),
    label: 'Users',
    isHere: (path) => path.startsWith('/settings/users'),
    administratorOnly: true,
  },
]

/** The places of the dashboard: links on a wide screen, a menu on a narrow one. */
export function MainNav({ isAdministrator }: { isAdministrator: boolean }) {
  const path = usePathname()
  const open = places.filter((place) => isAdministrator || !place.administratorOnly)
  return (
    <>
      <nav aria-label="Main" className="max-sm:hidden">
        <ul className="flex items-center gap-1">
          {open.map((place) => (
            <li key={place.href}>
              <Link
                href={place.href}
                aria-current={place.isHere(path) ? 'page' : undefined}
                className="rounded-lg px-2.5 py-1.5 font-[550] text-ink2 hover:bg-hover hover:text-ink aria-[current]:bg-hover aria-[current]:text-ink"
              >
                {place.label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="order-last sm:hidden">
        <Menu
          label="Main menu"
          triggerClass={buttonClass({ kind: 'ghost', size: 'icon' })}
          trigger={<MenuIcon aria-hidden="true" />}
        >
          <nav aria-label="Main">
            {open.map((place) => (
              <Link
                key={place.href}
                href={place.href}
                aria-current={place.isHere(path) ? 'page' : undefined}
                className={menuItemClass}
                onClick={(event) => closeMenu(event.currentTarget)}
              >
                {place.label}
              </Link>
            ))}
          </nav>
        </Menu>
      </div>
    </>
  )
}
