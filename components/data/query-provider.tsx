'use client'
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { toProblem } from '@/components/data/api-client'
import { routes } from '@/lib/routes'

/** A session that ended sends the viewer to sign in, and back here afterwards. */
function leaveIfSignedOut(error: unknown) {
  if (toProblem(error).code !== 'NOT_SIGNED_IN') return
  const here = window.location.pathname + window.location.search
  window.location.assign(`${routes.login()}?next=${encodeURIComponent(here)}`)
}

function newClient() {
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveIfSignedOut }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // Only a dashboard that did not answer is asked again; a refusal is shown at once.
        retry: (count, error) => toProblem(error).code === 'NO_CONNECTION' && count < 2,
        retryDelay: 1_000,
      },
    },
  })
}

export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(newClient)
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>
}
