'use client'
import { ProblemPage } from '@/components/session/problem-page'

/** A fault of the page itself: nothing of its text is shown, the dashboard's log has it. */
export default function PageFault({ reset }: { reset: () => void }) {
  return (
    <ProblemPage
      problem={{
        code: 'INTERNAL',
        message:
          'This page met an error that it did not expect. The pairs and their operations go on without it.',
        fix: 'Try again; if it stays, look into the dashboard’s own log.',
      }}
      onRetry={reset}
    />
  )
}
