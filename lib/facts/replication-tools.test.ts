import { expect, test } from 'vitest'
import { parseReplicationTools } from '@/lib/facts/replication-tools'

test('what made a replication is told by what it left', () => {
  const text = `repmgr_conf /etc/repmgr.conf
repmgr_version 5.3.3
unit active enabled repmgrd.service
process repmgrd
seed_script /opt/phantom/bin/setup_warm_standby.pyc
seed_log /var/log/phantom/warm_standby.log
data yes
signal 0
backup_label /var/lib/postgresql/15/main/backup_label.old
password /var/lib/postgresql/.pgpass\t10.0.0.1:5432:replication:re\\:pl:
password /x/my pass\t*:*:*:repl:
end yes
`
  expect(parseReplicationTools(text)).toEqual({
    repmgr: { configFiles: ['/etc/repmgr.conf'], version: '5.3.3' },
    clusterFiles: [],
    units: [{ name: 'repmgrd.service', activeState: 'active', enabledState: 'enabled' }],
    processes: ['repmgrd'],
    seedScripts: ['/opt/phantom/bin/setup_warm_standby.pyc'],
    seedLogs: ['/var/log/phantom/warm_standby.log'],
    data: { signalBytes: 0, hasRecoveryConf: false, hasBackupLabel: true },
    passwordLines: [
      {
        file: '/var/lib/postgresql/.pgpass',
        host: '10.0.0.1',
        port: '5432',
        database: 'replication',
        user: 're:pl',
      },
      { file: '/x/my pass', host: '*', port: '*', database: '*', user: 'repl' },
    ],
  })
})

test('nothing at all is an answer too, but a part of one is not', () => {
  expect(parseReplicationTools('end yes\n')).toMatchObject({
    repmgr: { configFiles: [], version: null },
    units: [],
    data: null,
  })
  expect(() => parseReplicationTools('data yes\nsignal 0\n')).toThrow('in a form that is not known')
})
