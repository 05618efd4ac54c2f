import type { LabHost } from '@/lab/lab-host'

/** Where settings, tables of cron, keys, programs and files of an application lie. */
const places =
  '/etc /root /home /srv /opt/phantom /usr/local /var/spool/cron /var/lib/postgresql /var/lib/understudy'
/** What changes by itself while a database is written to and a host is used: data, logs, and what the application writes. */
const living =
  /\/(?:base|global|pg_\w+|var\/log|var\/run)\/|\/(?:vault|reports)\/|postmaster\.(?:pid|opts)|\/operation\.lock|\/(?:jobs|transcripts?)(?:\/|$)|\.(?:log|pid)$|current_logfiles|\/etc\/(?:mtab|resolv\.conf)/

/**
 * Every file of a host that somebody has put there, with mode, owner and content: equal lists mean that nothing was changed. When a table of cron was
 * installed, which crontab(1) writes above it, is none of its content.
 */
export async function readHostFiles(host: LabHost): Promise<readonly string[]> {
  const text = await host.exec(
    `find ${places} -xdev '(' -type f -o -type l ')' -printf '%p\\t%m %u:%g %l\\n' 2>/dev/null | sort | while IFS="$(printf '\\t')" read -r path rest; do
      if [ -L "$path" ]; then sum=; else sum=$(sed '/^# (.* installed on /d' "$path" 2>/dev/null | md5sum); fi; printf '%s %s %s\\n' "$path" "$rest" "$sum"; done`,
    { timeoutMs: 120_000 },
  )
  return text.split('\n').filter((line) => !living.test(line.split(' ')[0] ?? ''))
}

/** What is there now and was not, and what was there and is not. */
export const changesSince = (before: readonly string[], now: readonly string[]): readonly string[] => [
  ...now.filter((line) => !before.includes(line)).map((line) => `+${line}`),
  ...before.filter((line) => !now.includes(line)).map((line) => `-${line}`),
]
