import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { readSetupNeeded } from '@/app/_server/read-setup-needed'
import { Entrance } from '@/components/session/entrance'
import { SetupForm } from '@/components/session/setup-form'
import { routes } from '@/lib/routes'

export const metadata: Metadata = { title: 'Set up' }

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<{ code?: string | string[] }>
}) {
  if (!(await readSetupNeeded())) redirect(routes.login())
  const { code } = await searchParams
  return (
    <Entrance
      title="First, an administrator"
      intro="This page is open until the first user is there, and gone afterwards."
    >
      <SetupForm code={typeof code === 'string' ? code : null} />
    </Entrance>
  )
}
