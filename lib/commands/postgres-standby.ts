import { buildConninfo } from '@/lib/commands/conninfo'
import { replicationRole } from '@/lib/domain/pair-names'
import { majorVersion } from '@/lib/domain/postgres-layout'

/**
 * How the standby reaches the primary. Over TLS with channel binding where the server has TLS: then an impostor in
 * between is refused, because SCRAM proves both ends of that very connection (PostgreSQL documentation 34.1.2).
 * A silent primary is noticed after about 30 s.
 */
export function buildReplicationConninfo(options: {
  address: string
  port: number
  applicationName: string
  passfile: string
  isTls: boolean
  versionNum: number
}): string {
  const major = majorVersion(options.versionNum)
  return buildConninfo({
    host: options.address,
    port: options.port,
    user: replicationRole,
    application_name: options.applicationName,
    passfile: options.passfile,
    sslmode: options.isTls ? 'require' : 'prefer',
    ...(options.isTls && major >= 13 ? { channel_binding: 'require' } : {}),
    connect_timeout: 10,
    keepalives_idle: 10,
    keepalives_interval: 5,
    keepalives_count: 4,
    ...(major >= 12 ? { tcp_user_timeout: 30_000 } : {}),
  })
}

/** postgresql.auto.conf without these settings; everything else byte for byte as it was. */
export function dropAutoConf(content: string, names: readonly string[]): string {
  const kept = content.split('\n').filter((line) => {
    const name = /^\s*([A-Za-z_][A-Za-z0-9_.]*)/.exec(line)?.[1]
    return name === undefined || !names.includes(name.toLowerCase())
  })
  return kept.join('\n')
}

/**
 * postgresql.auto.conf with the given settings in place of those of the same names: the format that ALTER SYSTEM
 * writes (one `name = 'value'` a line, quotes doubled).
 */
export function putAutoConf(content: string, settings: Readonly<Record<string, string>>): string {
  const body = dropAutoConf(content, Object.keys(settings))
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`,
  )
  return `${body}${body === '' || body.endsWith('\n') ? '' : '\n'}${lines.join('')}`
}

/** Whether the last line of each of these settings gives it this value: PostgreSQL takes the last (documentation 20.1.2). */
export function hasAutoConf(content: string, settings: Readonly<Record<string, string>>): boolean {
  const lines = content.split('\n')
  return Object.entries(settings).every(([name, value]) => {
    const own = lines.filter(
      (line) => /^\s*([A-Za-z_][A-Za-z0-9_.]*)/.exec(line)?.[1]?.toLowerCase() === name,
    )
    return own.at(-1)?.trim() === putAutoConf('', { [name]: value }).trim()
  })
}

/** Content of `standby.signal`: PostgreSQL looks only whether it is there; we see by it whose copy this is. */
export const standbySignal = (operationId: string): string => `Understudy operation ${operationId}`

/** The same where data that were not copied are told to follow. */
export const followSignal = (operationId: string): string => `Understudy re-pair, operation ${operationId}`

/** Whether the first line of `standby.signal` (null without that file) is that of this operation. */
export const isSignalOf = (line: string | null, operationId: string): boolean =>
  line === standbySignal(operationId)
