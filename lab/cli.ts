import { Command, InvalidArgumentError, Option } from 'commander'
import { ensureBase, hostsMax } from '@/lab/base'
import { findHost } from '@/lab/find-host'
import { canRunLab, type Lab, openLab, reapStaleRuns, startLab, statusOfLabs, takeDown } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { type LayoutName, layouts, type Suite, suites } from '@/lab/layouts'
import { LabError } from '@/lab/run-command'

const say = (line: string) => process.stderr.write(`lab: ${line}\n`)
const suiteNames = Object.keys(suites) as Suite[]
const hostWords = 'its name, or <lab>/<host> where several labs have it'
const print = (line: string) => process.stdout.write(`${line}\n`)

const hostNamed = (name: string): LabHost =>
  findHost(
    statusOfLabs().map(({ lab }) => lab),
    name,
  )

function printLab(lab: Lab, note: string): void {
  print(`${lab.name}${note}`)
  for (const host of lab.hosts) {
    const state = host.isOn() ? 'on ' : 'off'
    print(`  ${host.name}  ${host.address}  ${state}  ssh -i ${host.privateKeyPath} root@${host.address}`)
  }
}

function parseHostCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > hostsMax)
    throw new InvalidArgumentError(`It is 1 to ${hostsMax}.`)
  return count
}

type UpOptions = { readonly hosts?: number; readonly suite?: readonly Suite[]; readonly layout: LayoutName }

const toLabOptions = ({ hosts, suite, layout }: UpOptions) => ({
  ...(hosts === undefined ? {} : { hosts }),
  ...(suite === undefined ? {} : { suites: suite }),
  layout,
})

const program = new Command('lab').description(
  'Real hosts on this machine: Debian, sshd, PostgreSQL, cron, rsync.',
)

program
  .command('up')
  .description('boot hosts that stay up until `down`; a lab that is there is switched on again')
  .argument('[name]', 'name of the lab', 'demo')
  .option('--hosts <count>', `how many, 1 to ${hostsMax}; 2 when left out`, parseHostCount)
  .addOption(
    new Option(
      '--suite <suites...>',
      'Debian release of each host, in their order; bookworm when left out',
    ).choices(suiteNames),
  )
  .addOption(
    new Option('--layout <layout>', 'how the application and PostgreSQL lie on them')
      .choices(Object.keys(layouts))
      .default('debian'),
  )
  .action(async (name: string, options: UpOptions) => {
    const existing = openLab(name)
    if (existing) await existing.boot()
    const lab = existing ?? (await startLab({ name, ...toLabOptions(options), kept: true, say }))
    printLab(lab, '')
  })

program
  .command('check')
  .description('whether hosts can be booted here; exit code 1 and one line where not')
  .action(() => {
    const ability = canRunLab()
    if (!ability.ok) throw new LabError(ability.why)
  })

program
  .command('build')
  .description('build the base of every release and layout, so that the first hosts of each boot at once')
  .action(async () => {
    await Promise.all(suiteNames.map((suite) => ensureBase(suite, 'debian', say)))
    await ensureBase('bookworm', 'soar-unprivileged', say)
  })

program
  .command('down')
  .description('take a lab away with all that it used')
  .argument('[name]', 'name of the lab', 'demo')
  .option('--all', 'every lab of this machine')
  .option('--stale', 'only those whose process has ended')
  .action((name: string, options: { all?: boolean; stale?: boolean }) => {
    const reaped = reapStaleRuns()
    for (const gone of reaped) say(`${gone} was left behind and is removed`)
    if (options.all) for (const { lab } of statusOfLabs()) takeDown(lab.name)
    else if (!options.stale) takeDown(name)
  })

program
  .command('status')
  .description('the labs of this machine and their hosts')
  .action(() => {
    for (const { lab, owner } of statusOfLabs()) printLab(lab, owner === null ? '' : ` (of process ${owner})`)
  })

program
  .command('exec')
  .description('run shell text on a host, past the network')
  .argument('<host>', hostWords)
  .argument('<text...>')
  .option('--user <user>')
  .action(async (host: string, text: string[], options: { user?: string }) => {
    const outcome = await hostNamed(host).tryExec(text.join(' '), options.user ? { user: options.user } : {})
    process.stdout.write(outcome.stdout)
    process.stderr.write(outcome.stderr)
    process.exitCode = outcome.exitCode
  })

const faults: Readonly<Record<string, { description: string; act: (host: LabHost) => Promise<unknown> }>> = {
  kill: { description: 'pull the plug', act: (host) => host.kill() },
  boot: { description: 'switch it on again', act: (host) => host.boot() },
  'power-off': { description: 'shut it down in order', act: (host) => host.powerOff() },
  cut: { description: 'cut its cable', act: (host) => host.cut() },
  heal: { description: 'mend its cable', act: (host) => host.heal() },
  freeze: { description: 'stop its PostgreSQL in its tracks', act: (host) => host.freezePostgres() },
  thaw: { description: 'let its PostgreSQL go on', act: (host) => host.thawPostgres() },
}
for (const [name, { description, act }] of Object.entries(faults))
  program
    .command(name)
    .description(description)
    .argument('<host>', hostWords)
    .action(async (host: string) => {
      await act(hostNamed(host))
    })

program.exitOverride((error) => {
  process.exit(error.exitCode === 0 ? 0 : 2)
})

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof LabError)) throw error
  say(error.message)
  process.exitCode = 1
}
