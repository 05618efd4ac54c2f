import type { PairOperationKind } from '@/lib/domain/pair-operations'

/** Something that can be chosen for each operation on a pair. */
export const someOptions: Readonly<Record<PairOperationKind, object>> = {
  adopt: { pieces: ['replication'] },
  promote: {},
  switchover: {},
  fence: {},
  're-pair': {},
  pause: { what: ['sync'], until: '2026-11-23T04:30:00+01:00' },
  resume: {},
  'change-settings': {
    scope: { database: true, files: true, packages: false },
    settings: { walKeepSegments: 64, directories: [] },
  },
  unpair: { leave: 'stopped' },
  drill: { lagSeconds: 20 },
  sync: { directories: ['vault'] },
  'repair-files': { directories: ['vault'] },
}
