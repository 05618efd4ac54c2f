import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { buildRights } from '@/lib/commands/root-rights'
import { type RightsGround, rootForms } from '@/lib/operations/rights/root-forms'
import { pairFacts } from '@/test/harness/rights-ground'
import { root } from '@/test/repository/source-files'

const { profile, hosts, pair } = pairFacts()
const ground: RightsGround = {
  host: hosts.primary,
  peer: hosts.standby,
  pair,
  profile,
  layout: {
    unit: 'postgresql@15-main.service',
    startConf: 'auto',
    configFile: '/etc/postgresql/15/main/postgresql.conf',
    binDirectory: '/usr/lib/postgresql/15/bin',
    osUser: 'postgres',
    socketDirectory: '/var/run/postgresql',
    port: 5432,
  },
}
const texts = (over: Partial<RightsGround> = {}) => rootForms({ ...ground, ...over }).map(({ text }) => text)

/** Read by operators and compared by the script, run by nobody. */
const kitTexts = ['RUNBOOK.md', 'system-identifier'].map(
  (name) => `Writes /var/lib/understudy/ledger/break-glass/${name}`,
)

describe('what is written down for a pair', () => {
  test('is the same whenever nothing has changed, so that it can be compared', () => {
    expect(buildRights('operator', ['x'], rootForms(ground))).toBe(
      buildRights('operator', ['x'], rootForms({ ...ground })),
    )
  })

  test('holds for the host in either role', () => {
    const all = texts().join('\n')
    expect(all).toContain('/etc/understudy/ledger/send')
    expect(all).toContain('understudy-sync ledger vault --first')
    expect(all).toContain('search vault /srv/ledger/vault @@instant@@')
  })

  test('names units, directories and commands of this pair, one by one', () => {
    const units = texts().filter((text) => text.startsWith('systemctl '))
    expect(units.toSorted()).toEqual(
      ['postgresql@15-main.service', 'ledger.service']
        .flatMap((unit) =>
          ['stop', 'start', 'disable', 'enable'].map((verb) => `systemctl ${verb} -- ${unit}`),
        )
        .concat(['', ' --no-block'].map((how) => `systemctl restart${how} -- postgresql@15-main.service`))
        .toSorted(),
    )
    for (const { path } of profile.directories) expect(texts().join('\n')).toContain(path)
  })

  test('writes no file of root’s whose content is not known to the byte, but data that only others read', () => {
    const writing = rootForms(ground).filter(({ text }) => text.includes('mv -fT -- "$new" "$path"'))
    expect(writing.length).toBeGreaterThan(5)
    const free = writing.filter(({ input }) => input === 'any').map(({ title }) => title)
    expect(free).toEqual(['Notes where old data is', ...kitTexts, 'Keeps the password of replication'])
    // `none`: an empty file.
    for (const { input } of writing) expect(input).toMatch(/^(any|none|sha256 [0-9a-f]{64})$/)
  })

  test('takes any input for data alone: locks, transcript, password, and what the database’s owner runs as that owner', () => {
    const free = rootForms(ground).filter(({ input }) => input === 'any')
    expect([...new Set(free.map(({ title }) => title))]).toEqual([
      'Holds the host for an operation',
      'Holds the host, instead of an operation that has ended',
      'Appends to the transcript',
      'Starts a job of the database’s owner',
      'Searches a log',
      'Notes where old data is',
      ...kitTexts,
      'Keeps the password of replication',
    ])
    const [owner] = free.filter(({ title }) => title.startsWith('Starts a job'))
    expect(owner?.text).toContain('exec setpriv --reuid=')
  })

  test('acts in no directory of PostgreSQL’s own as root, but on start.conf', () => {
    for (const text of texts())
      if (/\/etc\/postgresql|\/var\/lib\/postgresql/.test(text))
        expect(text).toMatch(/^sed -i -E .*start\.conf/)
  })

  test('leaves out what the pair leaves out', () => {
    const withoutFiles = texts({ pair: { ...pair, scope: { database: true, files: false } } }).join('\n')
    expect(withoutFiles).not.toContain('understudy-sync')
    const scope = { database: false, files: true }
    const withoutDatabase = texts({ pair: { ...pair, scope }, layout: null }).join('\n')
    expect(withoutDatabase).not.toMatch(/systemctl \w+ -- postgresql|pgpass/)
    expect(withoutDatabase).toContain('file-role')
  })

  test('lets the lists and logs of packages be read, and lines added to the logs, where the pair brings its packages', () => {
    const scope = { database: true, files: true, packages: true }
    const titles = (path: string, over: Partial<RightsGround>) =>
      rootForms({ ...ground, ...over })
        .filter(({ text }) => text.includes(path))
        .map(({ title }) => title)
    const pip = { command: 'pip3', user: false, wheelDirectory: null }
    const withPackages = {
      pair: { ...pair, scope },
      profile: { ...profile, packages: { system: true, pip } },
    }
    for (const kind of ['deb', 'rpm', 'pip']) {
      const log = `${profile.logDirectory}/rsync_${kind}_req.log`
      expect(titles(log, withPackages)).toEqual([
        `Appends to the log of packages (${kind})`,
        'Reads a log',
        'Searches a log',
      ])
      expect(titles(`${profile.logDirectory}/${kind}_packages_primary.txt`, withPackages)).toContain(
        'Reads a log',
      )
      expect(titles(log, {})).toEqual([])
    }
  })

  test('lets packages be kept by the program that keeps them alone, where the pair keeps any', () => {
    const scope = { database: true, files: false, packages: true }
    const kept = { pair: { ...pair, scope }, profile: { ...profile, packages: { system: true, pip: null } } }
    const of = (over: Partial<RightsGround>) =>
      rootForms({ ...ground, ...over }).filter(({ text }) =>
        text.includes('understudy-packages ledger --now'),
      )
    expect(of(kept).map(({ title, input }) => `${title}: ${input}`)).toEqual(['Keeps the packages now: any'])
    expect(of({})).toEqual([])
    expect(texts(kept).join('\n')).not.toMatch(/apt-get|dnf|yum/)
  })

  test('has the hooks of the profile word for word', () => {
    const hook = {
      id: 'dns',
      title: 'DNS',
      command: 'move-address "$UNDERSTUDY_PRIMARY"',
      timeoutSeconds: 60,
    }
    const withHook = { ...profile, hooks: { promoted: [hook] } }
    expect(texts({ profile: withHook }).some((text) => text.includes('move-address'))).toBe(true)
  })

  test('refuses a pair with a value that looks like a kind of its own', () => {
    const application = { ...profile.application, check: 'check @@paths@@' }
    expect(() => texts({ profile: { ...profile, application } })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    )
  })
})

test('every builder of a command for root is written down in the rights, or here with its reason', () => {
  const source = ['root-forms', 'adopt-forms']
    .map((name) => readFileSync(`${root}/lib/operations/rights/${name}.ts`, 'utf8'))
    .join('\n')
  const elsewhere: Readonly<Record<string, string>> = {
    asRoot: 'makes a command of root’s of another',
    asKeeper: 'makes a command of root’s of another',
    asUser: 'of file.ts: its two builders are written down',
    toCommand: 'of job.ts: its builders are written down',
    crontabSchedule: 'there is none where root keeps our files',
    unreached: 'of read-host-facts.ts: asks `true`, which is written down',
    asReader: 'of read-piece.ts: `logChunk` and `searchLog`, which are written down',
    installPackages: 'whoever may have root install a package is root: not among the rights',
    removePackages: 'only what was installed is removed',
    runPip: 'of packages.ts: its list is written down',
    putContentAside: '`putTargetAside`, which is written down',
    isContentAside: '`findTargetAside`, which is written down',
    bringContentBack: '`bringTargetBack`, which is written down',
    ensurePairDirectory: 'the same text as `makePairDirectory`',
    forgetPackages: 'only after something was installed',
    edit: 'of found-lines.ts: its two builders are written down',
    removeUnused: 'of sync-runs.ts: its two builders are written down',
  }
  const missing = ['lib/commands', 'lib/facts', 'lib/operations', 'lib/watch', 'lib/services']
    .flatMap((folder) =>
      readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' }).map(
        (file) => `${folder}/${file}`,
      ),
    )
    .filter((file) => file.endsWith('.ts') && !file.includes('.test.') && !file.includes('/rights/'))
    .flatMap((file) => {
      const text = readFileSync(`${root}/${file}`, 'utf8')
      const blocks = text.split(/^(?=(?:export )?(?:const|function) )/m)
      return blocks.flatMap((block) => {
        const name = /^(?:export )?(?:const|function) (\w+)/.exec(block)?.[1]
        return name !== undefined && /\bas(Root|Keeper)\(/.test(block) ? [name] : []
      })
    })
    .filter((name) => !(name in elsewhere) && !new RegExp(`\\b${name}\\(`).test(source))
  expect(missing).toEqual([])
})
