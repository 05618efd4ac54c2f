import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LabHost } from '@/lab/lab-host'
import { runNow } from '@/lab/run-command'

/**
 * Installs Debian packages on hosts of the lab, which reach no source themselves: this machine's apt fetches what `hosts[0]`
 * lacks, so it must be the hosts' release. Null when they are installed, else why not in one line. Throws LabError where dpkg
 * refuses a package.
 */
export async function installPackages(
  hosts: readonly [LabHost, ...LabHost[]],
  names: readonly string[],
): Promise<string | null> {
  const release = '. /etc/os-release; echo "$VERSION_CODENAME"'
  const ours = runNow('sh', ['-c', release]).stdout.trim()
  const theirs = await hosts[0].exec(release)
  if (ours !== theirs) return `this machine is ${ours || 'no Debian'}, the hosts are ${theirs}`
  const directory = mkdtempSync(join(tmpdir(), 'understudy-peers-'))
  try {
    const why = fetchPackages(directory, await hosts[0].exec('cat /var/lib/dpkg/status'), names)
    if (why !== null) return why
    const archives = readdirSync(directory).filter((name) => name.endsWith('.deb'))
    for (const host of hosts) {
      for (const name of archives)
        await host.exec(`base64 -d > /tmp/${name}`, {
          input: readFileSync(join(directory, name)).toString('base64'),
        })
      // Installing must not start what it brings.
      await host.exec(`printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d
        DEBIAN_FRONTEND=noninteractive dpkg -i ${archives.map((name) => `/tmp/${name}`).join(' ')}
        rm /usr/sbin/policy-rc.d`)
    }
    return null
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Fetches the packages and what they need beside `status` (dpkg's own file); null, or why it can't be. */
function fetchPackages(directory: string, status: string, names: readonly string[]): string | null {
  writeFileSync(join(directory, 'status'), status)
  mkdirSync(join(directory, 'partial'))
  const settings = [`Dir::State::status=${directory}/status`, `Dir::Cache::archives=${directory}/`]
  const options = [...settings, 'Debug::NoLocking=1', 'APT::Sandbox::User=root'].flatMap((one) => ['-o', one])
  const what = ['install', '--no-install-recommends', '--download-only', ...names]
  const { exitCode, stderr } = runNow('apt-get', ['-qq', '-y', ...options, ...what])
  return exitCode === 0 ? null : (stderr.trim().split('\n').at(-1) ?? 'apt-get failed')
}
