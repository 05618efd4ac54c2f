import { expect, test } from 'vitest'
import { parseRestingData } from '@/lib/facts/resting-data'

const control = `pg_control version number:            1300
Database system identifier:           7713821983934869556
Database cluster state:               shut down
Latest checkpoint location:           0/5000028
Latest checkpoint's REDO location:    0/5000028
Latest checkpoint's TimeLineID:       1
wal_log_hints setting:                on
Data page checksum version:           0
`

test('a control file, a last record in PostgreSQL’s own form, and a signal are read', () => {
  expect(
    parseRestingData(
      `running=no\nsignal=:Understudy fence, operation x\nlast=0/01D6A8D8\ncontrol:\n${control}`,
    ),
  ).toEqual({
    isRunning: false,
    signal: 'Understudy fence, operation x',
    lastLsn: '0/1D6A8D8',
    control: {
      systemIdentifier: '7713821983934869556',
      clusterState: 'shut down',
      timeline: 1,
      redoLsn: '0/5000028',
      hasChecksums: false,
      logsHints: true,
    },
  })
})

test('an empty signal file is one, no file is none; without a control file there is nothing to read', () => {
  expect(parseRestingData('running=yes\nsignal=:\nlast=\ncontrol:\n\n')).toEqual({
    isRunning: true,
    signal: '',
    lastLsn: null,
    control: null,
  })
  expect(parseRestingData('running=no\nsignal=\nlast=\ncontrol:\n\n').signal).toBeNull()
})
