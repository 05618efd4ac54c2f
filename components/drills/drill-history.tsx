import Link from 'next/link'
import { DrillPill } from '@/components/drills/drill-look'
import { Card, CardHead } from '@/components/ui/card'
import { linkClass } from '@/components/ui/link-class'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { copyWayWords, type Drill, recoveryWords } from '@/lib/domain/drill'
import { formatBytes } from '@/lib/domain/format-bytes'
import { formatFullInstant } from '@/lib/domain/format-instant'
import { routes } from '@/lib/routes'

const heads = ['Began', 'Host', 'Outcome', 'Recovery', 'Copy', 'Checks'] as const

/** Every drill that is kept, the latest first. */
export function DrillHistory({ drills }: { drills: readonly Drill[] }) {
  return (
    <Card aria-labelledby="drill-history">
      <CardHead title="All drills" id="drill-history" />
      <div className="overflow-x-auto">
        <Table>
          <thead>
            <tr>
              {heads.map((head) => (
                <Th key={head}>{head}</Th>
              ))}
            </tr>
          </thead>
          <tbody>
            {drills.map((drill) => (
              <Row key={drill.operationId} drill={drill} />
            ))}
          </tbody>
        </Table>
      </div>
    </Card>
  )
}

function Row({ drill }: { drill: Drill }) {
  const { operationId, startedAt, hostName, outcome, recoveryMs, copy, way, checks } = drill
  const asked = checks.filter((check) => check.outcome !== 'left-out')
  const passed = asked.filter((check) => check.outcome === 'passed')
  return (
    <Tr>
      <Td className="whitespace-nowrap">
        <Link href={routes.operation(operationId)} className={linkClass}>
          {formatFullInstant(startedAt, { precision: 'minutes' })}
        </Link>
      </Td>
      <Td>{hostName}</Td>
      <Td>
        <DrillPill outcome={outcome} />
      </Td>
      <Td className="whitespace-nowrap">{recoveryMs === null ? '–' : recoveryWords(recoveryMs)}</Td>
      <Td className="whitespace-nowrap">
        {copy === null
          ? '–'
          : `${formatBytes(copy.bytes)} in ${recoveryWords(copy.ms)}, ${copyWayWords[way]}`}
      </Td>
      <Td>{asked.length === 0 ? '–' : `${passed.length} of ${asked.length}`}</Td>
    </Tr>
  )
}
