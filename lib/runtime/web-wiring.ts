import type { Auth } from '@/lib/auth/auth'
import type { ServiceContext } from '@/lib/services/context'
import type { LiveViews } from '@/lib/services/live/live-views'

/** What pages and routes are given. */
export type WebWiring = {
  /** Everything of a verb's context but who asks. */
  readonly ground: Omit<ServiceContext, 'actor' | 'origin'>
  readonly auth: Auth
  readonly liveViews: LiveViews
  /** Writes an error that nobody expected to the dashboard's own log. */
  readonly logError: (error: unknown, where: string) => void
}

declare global {
  var understudyWebWiring: (() => Promise<WebWiring>) | undefined
}

/**
 * Says how the web process is wired; `instrumentation.ts` does so at the start, a test with its own store. Kept on
 * globalThis because Next evaluates modules more than once. Made at first use; a failure is tried again at the next.
 */
export function provideWebWiring(make: () => Promise<WebWiring>): void {
  let made: Promise<WebWiring> | null = null
  globalThis.understudyWebWiring = () => {
    made ??= make().catch((error: unknown) => {
      made = null
      throw error
    })
    return made
  }
}

export function getWebWiring(): Promise<WebWiring> {
  if (!globalThis.understudyWebWiring) throw new Error('provideWebWiring was not called in this process')
  return globalThis.understudyWebWiring()
}
