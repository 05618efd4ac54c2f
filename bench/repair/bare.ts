import { binDirectory, dataDirectory, patient, unit } from '@/bench/pair/bench-pair'
import type { Roles } from '@/bench/repair/measure'
import type { RepairWay } from '@/lib/domain/repair-way'

/** The fewest commands with which somebody who knows it all re-pairs by hand; what is in their way is deleted. */
export type BareWay = RepairWay | 'base-backup-zstd'

const followText = ({ primary }: Roles) =>
  `printf "primary_conninfo = '%s'\\n" 'host=${primary.address} user=understudy_repl application_name=understudy_ledger' >>${dataDirectory}/postgresql.auto.conf
   touch ${dataDirectory}/standby.signal`

const backupText = ({ primary }: Roles, options = '') =>
  `rm -rf ${dataDirectory}
   ${binDirectory}/pg_basebackup -D ${dataDirectory} -R -c fast -X stream${options} \\
     -d 'host=${primary.address} user=understudy_repl application_name=understudy_ledger'`

const rewindText = (roles: Roles) => {
  const source = `host=${roles.primary.address} user=bench dbname=postgres`
  return `psql -qX -c checkpoint '${source}'
   ${binDirectory}/pg_rewind -D ${dataDirectory} --source-server='${source}'
   ${followText(roles)}`
}

const texts: Readonly<Record<BareWay, (roles: Roles) => string>> = {
  start: () => 'true',
  follow: followText,
  rewind: rewindText,
  'base-backup': (roles) => backupText(roles),
  'base-backup-zstd': (roles) => backupText(roles, ' --compress=server-zstd:1'),
}

/** Re-pairs by hand on the host that is to follow; its server is stopped. Resolves when its unit has started. */
export async function repairByHand(way: BareWay, roles: Roles): Promise<void> {
  await roles.standby.exec(`runuser -u postgres -- sh -e && systemctl start ${unit}`, {
    input: texts[way](roles),
    ...patient,
  })
}
