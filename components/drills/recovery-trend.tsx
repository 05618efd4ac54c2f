import { type TrendPoint, trendOf } from '@/components/drills/trend'
import { Card, CardHead } from '@/components/ui/card'
import { type Drill, recoveryWords } from '@/lib/domain/drill'

const size = { width: 640, height: 120 } as const

/** How the recovery times went, the oldest at the left. The table below says each of them in words. */
export function RecoveryTrend({ drills }: { drills: readonly Drill[] }) {
  const points = trendOf(drills, size)
  const [first, last] = [points[0], points.at(-1)]
  if (points.length < 2 || !first || !last) return null
  const words = `Recovery times of ${points.length} drills: first ${recoveryWords(first.ms)}, last ${recoveryWords(last.ms)}.`
  return (
    <Card aria-labelledby="trend">
      <CardHead title="Recovery time" id="trend">
        <span>
          {recoveryWords(first.ms)} at first, {recoveryWords(last.ms)} at last
        </span>
      </CardHead>
      <div className="p-4">
        <svg
          viewBox={`0 0 ${size.width} ${size.height}`}
          className="h-28 w-full text-accent"
          preserveAspectRatio="none"
          role="img"
          aria-label={words}
        >
          <polyline
            points={points.map(({ x, y }) => `${x},${y}`).join(' ')}
            fill="none"
            stroke="currentColor"
            strokeWidth="2"
            vectorEffect="non-scaling-stroke"
          />
          {points.map((point) => (
            <Dot key={point.id} point={point} />
          ))}
        </svg>
      </div>
    </Card>
  )
}

const Dot = ({ point: { x, y } }: { point: TrendPoint }) => (
  <line
    x1={x}
    y1={y}
    x2={x}
    y2={y}
    stroke="currentColor"
    strokeWidth="7"
    strokeLinecap="round"
    vectorEffect="non-scaling-stroke"
  />
)
