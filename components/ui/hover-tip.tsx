'use client'
import {
  createContext,
  type PointerEvent,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { cn } from '@/components/ui/cn'

type Shown = { readonly content: ReactNode; readonly rect: DOMRect }
type Handlers = { show: (event: PointerEvent<HTMLElement>, content: ReactNode) => void; hide: () => void }

const delayMs = 250
const TipContext = createContext<Handlers>({ show: () => undefined, hide: () => undefined })

/** One hint for all values within: shown beside a value under a resting mouse; Escape, scrolling and leaving hide it. */
export function HoverTipProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<Shown | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const hide = useCallback(() => {
    clearTimeout(timer.current)
    setShown(null)
  }, [])
  const show = useCallback((event: PointerEvent<HTMLElement>, content: ReactNode) => {
    if (event.pointerType !== 'mouse') return
    const rect = event.currentTarget.getBoundingClientRect()
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setShown({ content, rect }), delayMs)
  }, [])
  useEffect(() => {
    if (!shown) return
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && hide()
    document.addEventListener('keydown', onKey)
    document.addEventListener('scroll', hide, { capture: true, passive: true })
    return () => {
      document.removeEventListener('keydown', onKey)
      document.removeEventListener('scroll', hide, { capture: true })
    }
  }, [shown, hide])
  useEffect(() => () => clearTimeout(timer.current), [])
  const handlers = useMemo(() => ({ show, hide }), [show, hide])
  return (
    <TipContext value={handlers}>
      {children}
      {shown ? <Tip {...shown} /> : null}
    </TipContext>
  )
}

const widthPx = 288

function Tip({ content, rect }: Shown) {
  const isLow = rect.bottom + 120 > window.innerHeight
  const left = Math.max(8, Math.min(rect.left, window.innerWidth - widthPx - 8))
  return (
    <div
      aria-hidden="true"
      className={cn(
        'pointer-events-none fixed z-40 w-max max-w-72 rounded-lg border border-line2 bg-surface px-3 py-2 text-ink text-xs shadow-pop',
        isLow && '-translate-y-full',
      )}
      style={{ left, top: isLow ? rect.top - 6 : rect.bottom + 6 }}
    >
      {content}
    </div>
  )
}

/** A value with a hint. The hint only repeats what can be reached otherwise: it is for the mouse alone. */
export function HoverTip(props: { content: ReactNode; className?: string; children: ReactNode }) {
  const { show, hide } = use(TipContext)
  return (
    <span
      className={props.className}
      onPointerEnter={(event) => show(event, props.content)}
      onPointerLeave={hide}
    >
      {props.children}
    </span>
  )
}
