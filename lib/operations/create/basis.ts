import { buildReplicationConninfo } from '@/lib/commands/postgres-standby'
import { type DataPlace, dataPlace } from '@/lib/domain/data-place'
import { pairPlaces } from '@/lib/domain/host-places'
import { applicationName, passfilePath, slotName } from '@/lib/domain/pair-names'
import { tablespacePlan } from '@/lib/domain/tablespace-plan'
import { markOf } from '@/lib/operations/context'
import type { CreateContext, FileContext } from '@/lib/operations/create/context'
import { answerOf } from '@/lib/operations/preflight/host-facts'

/** The part of the context that is plain data: plan and steps are built from it, so what is shown is what runs. */
type PlainData = 'operationId' | 'pair' | 'profile' | 'hosts' | 'layouts' | 'input' | 'facts'
export type CreateBasis = Pick<CreateContext, PlainData>
export type FileBasis = Pick<FileContext, PlainData>

/** Whether the pair protects its database: then where PostgreSQL lies is known of both hosts. */
export const hasDatabase = (basis: FileBasis): basis is CreateBasis =>
  basis.pair.scope.database && basis.layouts.primary !== null && basis.layouts.standby !== null

function placeOf({
  facts: { standby },
  layouts,
  input,
  mark,
}: Pick<CreateBasis, 'facts' | 'layouts' | 'input'> & { mark: string }): DataPlace {
  const { dataDirectory } = layouts.standby
  return dataPlace({
    directory: answerOf(standby.data)?.realDirectory || dataDirectory,
    isMount: answerOf(standby.paths)?.find(({ path }) => path === dataDirectory)?.isMountPoint === true,
    asideDirectory: input.oldDataDirectory,
    mark,
  })
}

/** Names and values that several steps use, computed in one place. */
export function createNames({ operationId, pair, hosts, layouts, facts, input }: CreateBasis) {
  const mark = markOf(operationId)
  const settings = answerOf(facts.primary.server)?.settings
  const isTls = settings?.ssl?.setting === 'on'
  const passfile = passfilePath(pairPlaces(hosts.standby, pair.slug))
  const conninfoAs = (name: string) =>
    buildReplicationConninfo({
      address: hosts.primary.address,
      port: layouts.primary.port,
      applicationName: name,
      passfile,
      isTls,
      versionNum: layouts.primary.versionNum,
    })
  const stream = applicationName(pair.slug)
  return {
    mark,
    isTls,
    passfile,
    ...placeOf({ facts, layouts, input, mark }),
    /** The standby's slot; where the pair has none, its name only. */
    slot: slotName(pair.slug),
    hasSlot: pair.settings.slotWalSegments != null,
    tablespaces: (answerOf(facts.primary.server)?.tablespacePlaces ?? []).map((place) =>
      tablespacePlan(place, mark),
    ),
    jobId: `base-backup-${operationId}`,
    /** `application_name` of the stream, and of the base backup. */
    stream,
    backup: `${stream}_copy`,
    streamConninfo: conninfoAs(stream),
    backupConninfo: conninfoAs(`${stream}_copy`),
  } as const
}
