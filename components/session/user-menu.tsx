'use client'
import { CircleUserRound, LogOut, Monitor, Moon, Sun } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { apiClient, toProblem } from '@/components/data/api-client'
import { keepTheme } from '@/components/session/keep-theme'
import type { Theme } from '@/components/session/theme'
import { closeMenu, Menu, MenuChoice, MenuLine, menuItemClass } from '@/components/ui/menu'
import type { SessionView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

const themeOptions = [
  { value: 'system', label: 'As the system', icon: <Monitor aria-hidden="true" /> },
  { value: 'light', label: 'Light', icon: <Sun aria-hidden="true" /> },
  { value: 'dark', label: 'Dark', icon: <Moon aria-hidden="true" /> },
] as const

const initials = (name: string) =>
  name
    .split(/[\s.@_-]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('')

/** Who is signed in, the theme, and the way out. */
export function UserMenu(props: { user: NonNullable<SessionView['user']>; theme: Theme }) {
  const [theme, setTheme] = useState(props.theme)
  const [failed, setFailed] = useState('')
  const signOut = () =>
    apiClient
      .remove('/session')
      .then(() => window.location.assign(routes.login()))
      .catch((error: unknown) => setFailed(toProblem(error).message))
  return (
    <Menu
      label={`Your menu, ${props.user.name}`}
      triggerClass="grid size-8 place-items-center rounded-full bg-accent-soft font-[650] text-accent text-xs"
      trigger={initials(props.user.name)}
    >
      <div className="px-2.5 pt-1.5 pb-2">
        <p className="font-semibold">{props.user.name}</p>
        <p className="text-ink3 text-sm">{props.user.email}</p>
        <p className="text-ink3 text-sm">Role: {props.user.role}</p>
      </div>
      <MenuLine />
      <MenuChoice<Theme>
        legend="Theme"
        value={theme}
        options={themeOptions}
        onChange={(next) => {
          setTheme(next)
          keepTheme(next)
        }}
      />
      <MenuLine />
      <Link
        href={routes.account()}
        className={menuItemClass}
        onClick={(event) => closeMenu(event.currentTarget)}
      >
        <CircleUserRound aria-hidden="true" />
        Your account
      </Link>
      <button type="button" className={menuItemClass} onClick={signOut}>
        <LogOut aria-hidden="true" />
        Sign out
      </button>
      {failed ? (
        <p role="alert" className="px-2.5 py-1 text-bad text-sm">
          {failed}
        </p>
      ) : null}
    </Menu>
  )
}
