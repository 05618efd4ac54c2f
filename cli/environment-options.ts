import type { Command } from 'commander'
import { type Environment, readEnvironment, type Variables, variables } from '@/lib/runtime/environment'

type Flags = {
  readonly port?: string
  readonly host?: string
  readonly dataDir?: string
  readonly publicUrl?: string
  readonly insecureListen?: boolean
  readonly logLevel?: string
}

const help = () => {
  const width = Math.max(...Object.keys(variables).map((name) => name.length))
  const lines = Object.entries(variables).map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`)
  return `\nEnvironment (a flag wins over its variable):\n${lines.join('\n')}`
}

/** Options that say where the store is; every command has them. */
export const withDataOptions = (command: Command): Command =>
  command
    .option('--data-dir <directory>', 'store, master key and logs')
    .option('--log-level <level>', 'how much is logged')
    .addHelpText('after', help)

/** Options of a command that serves pages. */
export const withListenOptions = (command: Command): Command =>
  withDataOptions(
    command
      .option('--port <port>', 'TCP port of the page and the API')
      .option('--host <address>', 'address to listen on')
      .option('--public-url <url>', 'how browsers reach the dashboard')
      .option('--insecure-listen', 'listen beyond loopback without TLS'),
  )

/** The environment with a command's flags in front. Throws INVALID_INPUT. */
export function environmentOf(flags: Flags, defaults: Variables = {}): Environment {
  const given: Record<string, string | undefined> = {
    UNDERSTUDY_PORT: flags.port,
    UNDERSTUDY_HOST: flags.host,
    UNDERSTUDY_DATA_DIR: flags.dataDir,
    UNDERSTUDY_PUBLIC_URL: flags.publicUrl,
    UNDERSTUDY_INSECURE_LISTEN: flags.insecureListen ? 'yes' : undefined,
    UNDERSTUDY_LOG_LEVEL: flags.logLevel,
  }
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return readEnvironment(said, defaults)
}
