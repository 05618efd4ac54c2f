import type { Lab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { Operation } from '@/lib/domain/operation'
import { openCreate } from '@/lib/operations/create/open-create'
import { planCreate } from '@/lib/operations/create/plan-create'
import { readCreateFacts } from '@/lib/operations/create/read-create-facts'
import { systemClock } from '@/lib/time'
import type { ProvingGround } from '@/test/harness/engine-trial'
import type { LabPair } from '@/test/harness/lab-pair'
import { worldOf } from '@/test/harness/lab-worlds'
import { queuedOperation } from '@/test/harness/operation-events'
import { createInputOf } from '@/test/harness/operation-facts'

const askServer = `select 'identifier', system_identifier from pg_control_system();
select 'recovering', pg_is_in_recovery();
select 'role', rolname from pg_roles order by rolname;
select 'setting', name, case when pending_restart
    then coalesce((select f.setting from pg_file_settings f where f.name = s.name order by seqno desc limit 1), boot_val)
    else setting end
  from pg_settings s where name in ('wal_keep_size', 'listen_addresses', 'primary_conninfo') order by name;`

/** Of a server that is stopped: which it is, and that it is to stay a standby. */
const askData = (data: string, identifiers: string) =>
  `echo 'the server is stopped'; ${identifiers}; ls ${data}/*.signal 2>/dev/null; true`

/**
 * Everything on a host that an operation between roles may touch, as text: equal texts mean that nothing is left of it. A server that is
 * stopped is one of these things.
 */
export async function readTraces(host: LabHost): Promise<string> {
  const { traces, dataPattern, identifiers } = worldOf(host)
  const files = await host.exec(traces(host.postgresMajor))
  const { programs, socketDirectory } = host.layout
  // 2: nothing answers. One that starts or refuses (1) is a fault here.
  const { exitCode } = await host.tryExec(`${programs}/pg_isready -q -h ${socketDirectory}`)
  const server = exitCode === 2 ? host.exec(askData(dataPattern, identifiers)) : host.sql(askServer)
  return `${files}\n${await server}`
}

/** Every row's file is on the standby once its directories have been copied after the row was written. */
async function verifyFiles(primary: LabHost, standby: LabHost): Promise<void> {
  const { vault, syncProgram, slug, keeper, isScheduled } = worldOf(standby)
  const rows = await primary.sql(`select sha256 || '  ${vault}/' || file from entries`)
  await standby.exec(`${syncProgram} ${slug} vault --now`, { user: keeper })
  await standby.exec('sha256sum --check --quiet -', { input: `${rows}\n` })
  await standby.exec(isScheduled)
}

/** A create operation as it would be planned from what is found on the hosts now. */
export async function planOnLab(
  pair: LabPair,
  over: Partial<ReturnType<typeof createInputOf>> = {},
): Promise<Operation> {
  const { hosts } = pair
  const { current } = pair.pairs
  const input = createInputOf({
    hosts: current.hosts,
    scope: current.scope,
    settings: { ...current.settings, directories: [...current.settings.directories] },
    ...over,
  })
  const doors = { primary: pair.doors.door(hosts.primary), standby: pair.doors.door(hosts.standby) }
  const facts = await readCreateFacts({ doors, hosts, profile: pair.profile, input, clock: systemClock })
  const operationId = crypto.randomUUID()
  const plan = planCreate(
    { operationId, pair: current, profile: pair.profile, hosts, input, facts },
    new Date(),
  )
  return queuedOperation(plan, input)
}

/** A create operation on two real hosts, with what must be true of them. */
export async function createGround(
  lab: Lab,
  pair: LabPair,
  over: Partial<ReturnType<typeof createInputOf>> = {},
): Promise<ProvingGround<null> & { operation: Operation }> {
  const [primary, standby] = [lab.host(0), lab.host(1)]
  const operation = await planOnLab(pair, over)
  pair.operations.unshift(operation)
  const before = { primary: await readTraces(primary), standby: await readTraces(standby) }
  const opened = await openCreate(operation, pair.ports)
  const rows = () => primary.sql('select count(*) from entries')
  return {
    plan: operation.plan,
    steps: opened.steps,
    hold: opened.hold,
    context: null,
    operation,
    async verifyInvariants() {
      const writable = await primary.sql('select pg_is_in_recovery()')
      if (writable !== 'f') throw new Error('the primary is not writable any more')
      const { identifiers } = worldOf(standby)
      const old = await standby.exec(identifiers, { user: standby.layout.databaseOwner })
      const [, identifier] = /identifier\|(\d+)/.exec(before.standby) ?? []
      if (!old.split('\n').includes(identifier ?? '?'))
        throw new Error(`the standby’s old data is gone: ${old}`)
    },
    async verifyDone() {
      const count = Number(await rows())
      const seen = await standby.sql('select pg_is_in_recovery(), status from pg_stat_wal_receiver')
      if (seen !== 't|streaming') throw new Error(`the standby does not stream: ${seen}`)
      const copied = Number(await standby.sql('select count(*) from entries'))
      if (copied < count) throw new Error(`${count} rows on the primary, ${copied} on the standby`)
      if (!pair.pairs.current.isPaired) throw new Error('the pair is not recorded')
      if (pair.pairs.current.scope.files) await verifyFiles(primary, standby)
    },
    async verifyUndone() {
      for (const [host, text] of [
        [primary, before.primary],
        [standby, before.standby],
      ] as const) {
        const now = await readTraces(host)
        if (now === text) continue
        const was = new Set(text.split('\n'))
        const is = new Set(now.split('\n'))
        const added = [...is].filter((line) => !was.has(line)).map((line) => `+${line}`)
        const lost = [...was].filter((line) => !is.has(line)).map((line) => `-${line}`)
        throw new Error(`${host.name} is not as it was:\n${[...added, ...lost].join('\n')}`)
      }
      if (pair.pairs.current.isPaired) throw new Error('the pair is still recorded')
    },
    async dispose() {
      await opened.close()
    },
  }
}
