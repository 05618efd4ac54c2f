/** Debian releases that a host can be, each with the major version of the PostgreSQL that it brings. */
export const suites = { bullseye: 13, bookworm: 15, trixie: 17 } as const
export type Suite = keyof typeof suites

/** How the application and its PostgreSQL lie on a host; the recipe of each is `lab/base/<name>`. */
type Layout = {
  /** Users who may sign in, with their homes (without the leading slash). */
  readonly logins: Readonly<Record<string, string>>
  /** OS user and superuser of the database. */
  readonly databaseOwner: string
  readonly database: string
  readonly socketDirectory: string
  /** Where PostgreSQL's own programs lie, as a shell pattern. */
  readonly programs: string
  /** The application's directory: schema, programs, vault. */
  readonly home: string
  /** Shell text that starts and stops PostgreSQL as this host does it, and the user who may. */
  postgresControl(major: number): { readonly start: string; readonly stop: string; readonly user: string }
  /** Shell text (as root, on the switched-off host's file system) after which the application starts at boot. */
  readonly enableApplication: string
}

export const layouts = {
  debian: {
    logins: { root: 'root', operator: 'home/operator', plain: 'home/plain' },
    databaseOwner: 'postgres',
    database: 'ledger',
    socketDirectory: '/var/run/postgresql',
    programs: '/usr/lib/postgresql/*/bin',
    home: '/srv/ledger',
    postgresControl: (major) => ({
      start: `systemctl start postgresql@${major}-main`,
      stop: `systemctl stop postgresql@${major}-main`,
      user: 'root',
    }),
    enableApplication:
      'ln -s /etc/systemd/system/ledger.service /etc/systemd/system/multi-user.target.wants/ledger.service',
  },
  'soar-unprivileged': {
    logins: { root: 'root', phantom: 'home/phantom' },
    databaseOwner: 'phantom',
    database: 'phantom',
    socketDirectory: '/tmp',
    programs: '/opt/phantom/usr/postgresql/bin',
    home: '/opt/phantom',
    postgresControl: () => ({
      start: '/opt/phantom/bin/phsvc start postgresql',
      stop: '/opt/phantom/bin/phsvc stop postgresql',
      user: 'phantom',
    }),
    enableApplication: `crontab -u phantom -l | sed 's,^@reboot .*,@reboot /opt/phantom/bin/start_phantom.sh,' | crontab -u phantom -`,
  },
} as const satisfies Readonly<Record<string, Layout>>
export type LayoutName = keyof typeof layouts

/** The layout of that name. */
export const layoutOf = (name: LayoutName): Layout => layouts[name]
