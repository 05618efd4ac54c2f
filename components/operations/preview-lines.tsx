import { FilePen } from 'lucide-react'
import { cn } from '@/components/ui/cn'
import { Code } from '@/components/ui/code'
import type { PreviewLine } from '@/lib/domain/operation'

/** Exactly what a step does: its commands, its SQL, the change of each file. */
export function PreviewLines({ lines }: { lines: readonly PreviewLine[] }) {
  return (
    <div className="grid gap-1">
      {numbered(lines).map(({ number, item }) => (
        <PreviewItem key={number} line={item} />
      ))}
    </div>
  )
}

/** Lines of a plan never change their places, and may be equal: their number is what they are known by. */
const numbered = <T,>(items: readonly T[]) => items.map((item, number) => ({ number, item }))

function PreviewItem({ line }: { line: PreviewLine }) {
  if (line.kind === 'note') return <p className="text-ink2 text-xs">{line.text}</p>
  if (line.kind === 'file') return <FileDiff path={line.path} diff={line.diff} />
  return <Code className="[overflow-wrap:anywhere]">{line.text}</Code>
}

/** A longer change is folded: a plan is read step by step, a script line by line. */
const foldedFrom = 24

function FileDiff({ path, diff }: { path: string; diff: string }) {
  const lines = diff.split('\n').filter((text) => !/^(---|\+\+\+|===|Index:|\\ No newline)/.test(text))
  return (
    <figure className="overflow-hidden rounded-lg border border-line">
      <figcaption className="flex items-center gap-1.5 border-line border-b bg-raise px-2.5 py-1 font-mono text-ink2 text-xs [overflow-wrap:anywhere]">
        <FilePen className="size-3.5 shrink-0 text-ink3" aria-hidden="true" />
        {path}
      </figcaption>
      {lines.length > foldedFrom ? (
        <details>
          <summary className="cursor-pointer px-2.5 py-1 text-ink2 text-xs">All {lines.length} lines</summary>
          <DiffLines lines={lines} />
        </details>
      ) : (
        <DiffLines lines={lines} />
      )}
    </figure>
  )
}

const DiffLines = ({ lines }: { lines: readonly string[] }) => (
  <code className="block py-1 font-mono text-xs leading-[1.55]">
    {numbered(lines).map(({ number, item: text }) => (
      <span
        key={number}
        className={cn(
          'block whitespace-pre-wrap px-2.5 [overflow-wrap:anywhere]',
          text.startsWith('+') && 'bg-ok-soft text-ok',
          text.startsWith('-') && 'bg-bad-soft text-bad',
          text.startsWith('@@') && 'text-ink3',
        )}
      >
        {text || ' '}
      </span>
    ))}
  </code>
)
