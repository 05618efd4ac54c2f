import type { ReplicationMaker } from '@/lib/domain/adopt/found-replication'

/** Behind `made by`, e.g. `by repmgr`. */
export const makerWords: Readonly<Record<ReplicationMaker, string>> = {
  pg_basebackup: 'by pg_basebackup -R',
  repmgr: 'by repmgr',
  'seed-script': 'by setup_warm_standby.pyc',
  patroni: 'by Patroni',
  pg_auto_failover: 'by pg_auto_failover',
  'other-manager': 'by a cluster manager',
  hand: 'by hand',
}
