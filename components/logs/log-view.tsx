'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { cn } from '@/components/ui/cn'
import { severityOf } from '@/lib/domain/log-severity'

const lineHeight = 20

/** Lines of a log; only those in sight are drawn. Keeps to the end while it follows. */
export function LogView(props: {
  lines: readonly string[]
  search: string
  /** Index of the line that is to be seen first and stands out; -1: none. */
  chosen: number
  isFollowing: boolean
  label: string
  /** The reader scrolled up, or came back to the end. */
  onAtEnd: (atEnd: boolean) => void
}) {
  const { lines, isFollowing, chosen } = props
  const box = useRef<HTMLElement>(null)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  })
  useEffect(() => {
    if (isFollowing && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' })
  }, [isFollowing, lines.length, virtual])
  const isPlaced = useRef(false)
  useEffect(() => {
    // Once: it keeps its place when earlier lines come.
    if (isPlaced.current || chosen < 0) return
    isPlaced.current = true
    virtual.scrollToIndex(chosen, { align: 'center' })
  }, [chosen, virtual])
  return (
    <section
      ref={box}
      tabIndex={0}
      aria-label={props.label}
      onWheel={(event) => event.deltaY < 0 && props.onAtEnd(false)}
      onKeyDown={(event) => {
        if (['ArrowUp', 'PageUp', 'Home'].includes(event.key)) props.onAtEnd(false)
        if (event.key === 'End') props.onAtEnd(true)
      }}
      onTouchMove={() => props.onAtEnd(false)}
      className="h-[62dvh] min-h-72 overflow-auto bg-raise font-mono text-xs focus-visible:outline-2 focus-visible:outline-accent"
    >
      <div className="relative w-full" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <div
            key={item.key}
            data-index={item.index}
            ref={virtual.measureElement}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <LogLine text={lines[item.index] ?? ''} search={props.search} isChosen={item.index === chosen} />
          </div>
        ))}
      </div>
    </section>
  )
}

function LogLine({ text, search, isChosen }: { text: string; search: string; isChosen: boolean }) {
  const severity = severityOf(text)
  return (
    <p
      aria-current={isChosen ? 'true' : undefined}
      className={cn(
        'min-h-5 whitespace-pre-wrap border-l-2 px-3 leading-5 [overflow-wrap:anywhere]',
        severity === 'error' && 'border-l-bad bg-bad-soft text-bad',
        severity === 'warning' && 'border-l-warn bg-warn-soft text-warn',
        severity === 'plain' && 'border-l-transparent',
        isChosen && 'outline-2 outline-accent -outline-offset-2',
      )}
    >
      {search ? <Marked text={text} search={search} /> : text}
    </p>
  )
}

function Marked({ text, search }: { text: string; search: string }) {
  const at = text.toLowerCase().indexOf(search.toLowerCase())
  if (at < 0) return <>{text}</>
  return (
    <>
      {text.slice(0, at)}
      <mark className="rounded-xs bg-accent text-accent-ink">{text.slice(at, at + search.length)}</mark>
      {text.slice(at + search.length)}
    </>
  )
}
