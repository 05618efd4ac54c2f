import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { requireSession } from '@/app/_server/require-session'
import { LiveStream } from '@/components/data/live-stream'
import { Shell } from '@/components/session/shell'
import { parseTheme, themeCookie } from '@/components/session/theme'

/** Everything behind sign-in: one frame, one event stream. Each page asks for the session itself as well. */
export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const user = await requireSession()
  const theme = parseTheme((await cookies()).get(themeCookie)?.value)
  return (
    <LiveStream>
      <Shell user={user} theme={theme}>
        {children}
      </Shell>
    </LiveStream>
  )
}
