import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { readSetupNeeded } from '@/app/_server/read-setup-needed'
import { Entrance } from '@/components/session/entrance'
import { LoginForm } from '@/components/session/login-form'
import { routes } from '@/lib/routes'

export const metadata: Metadata = { title: 'Sign in' }

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>
}) {
  if (await readSetupNeeded()) redirect(routes.setup())
  const { next } = await searchParams
  return (
    <Entrance title="Sign in" intro="How protected your applications are, at this second.">
      <LoginForm next={typeof next === 'string' ? next : null} />
    </Entrance>
  )
}
