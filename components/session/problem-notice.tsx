import type { ReactNode } from 'react'
import { type Problem, toProblem } from '@/components/data/api-client'
import { Notice } from '@/components/ui/notice'

/** An act that did not work, where it was tried: what happened and what to do. Nothing where `error` is null. */
export function ProblemNotice(props: { error: unknown; action?: ReactNode; className?: string }) {
  if (!props.error) return null
  const problem: Problem = toProblem(props.error)
  return (
    <Notice
      tone="bad"
      role="alert"
      title={problem.message}
      action={props.action}
      {...(props.className ? { className: props.className } : {})}
    >
      {problem.fix || null}
    </Notice>
  )
}
