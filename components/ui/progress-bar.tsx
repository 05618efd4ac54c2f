import { cn } from '@/components/ui/cn'
import { type Tone, toneText } from '@/components/ui/pill'

/**
 * Share done, 0 to 100; null while the whole is not known. Drawn with SVG attributes: a style attribute in the
 * server's HTML would need a looser content security policy.
 */
export function ProgressBar(props: { percent: number | null; label: string; tone?: Tone }) {
  return (
    <div
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={props.percent ?? undefined}
      className={cn('h-1.5 overflow-hidden rounded-full bg-line', toneText[props.tone ?? 'busy'])}
    >
      <svg width="100%" height="6" aria-hidden="true" className="block">
        {props.percent === null ? (
          <rect width="100%" height="6" fill="currentColor" opacity="0.45" className="animate-pulse" />
        ) : (
          <rect width={`${props.percent}%`} height="6" fill="currentColor" />
        )}
      </svg>
    </div>
  )
}
