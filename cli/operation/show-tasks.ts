import { Listr, type ListrTask } from 'listr2'
import type { PlannedStep } from '@/lib/domain/operation'
import { isInFlight } from '@/lib/domain/operation-state'
import { stepOutput, stepProgress } from '@/lib/domain/step-progress'
import type { OperationView } from '@/lib/domain/views'

const barWidth = 24

/** A bar that is full only when all is done. */
export function progressBar(percent: number | null): string {
  if (percent === null) return ''
  const full = Math.floor((percent / 100) * barWidth)
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${percent} % `
}

/** The newest view, and the task that waits for the next. */
class Latest {
  view: OperationView
  isLast = false
  #wake: () => void = () => undefined

  constructor(view: OperationView) {
    this.view = view
  }

  set(view: OperationView): void {
    this.view = view
    this.#wake()
  }

  end(): void {
    this.isLast = true
    this.#wake()
  }

  next(): Promise<void> {
    return this.isLast
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#wake = resolve
        })
  }
}

/** Shows the steps as a list with progress bars on a terminal; returns the last view. */
export async function showTasks(
  first: OperationView,
  views: AsyncGenerator<OperationView>,
): Promise<OperationView> {
  const latest = new Latest(first)
  const reading = readAll(views, latest)
  const tasks = first.operation.plan.steps.map((step) => toTask(step, latest))
  const list = new Listr(tasks, {
    // The failed step is shown in the list; the operation's end says what to do about it.
    exitOnError: false,
    registerSignalListeners: false,
    rendererOptions: { collapseErrors: false },
  })
  await list.run()
  await reading
  return latest.view
}

async function readAll(views: AsyncGenerator<OperationView>, latest: Latest): Promise<void> {
  try {
    for await (const view of views) latest.set(view)
  } finally {
    latest.end()
  }
}

function toTask(step: PlannedStep, latest: Latest): ListrTask {
  return {
    title: step.title,
    task: async (_, task) => {
      for (;;) {
        const { steps, events, operation } = latest.view
        const now = steps.find(({ id }) => id === step.id)
        if (now?.state === 'succeeded') {
          task.title = now.sentence ? `${step.title}: ${now.sentence}` : step.title
          return
        }
        if (now?.state === 'skipped') return task.skip(`${step.title}: ${now.sentence}`)
        if (latest.isLast || !isInFlight(operation.state)) {
          if (now?.state === 'failed') throw new Error(`${step.title}: ${now.sentence}`)
          return task.skip(`${step.title}: not done`)
        }
        task.output = outputOf(step.id, events)
        await latest.next()
      }
    },
  }
}

function outputOf(stepId: string, events: OperationView['events']): string {
  const progress = stepProgress(stepId, events)
  if (progress.length === 0) return stepOutput(stepId, events, 1)[0] ?? ''
  return progress.map(({ label, percent, text }) => `${progressBar(percent)}${label}: ${text}`).join('\n')
}
