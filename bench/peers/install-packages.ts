import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LabHost } from '@/lab/lab-host'
import { runNow } from '@/lab/run-command'

/** The archives as a tar in base64, or why they can't be had in one line. */
type Fetched = { readonly archives: string } | { readonly why: string }

/** What was fetched is kept for the whole run: every trial has fresh hosts, and all of them lack the same. */
const kept = new Map<string, Fetched>()

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
  const status = await hosts[0].exec('cat /var/lib/dpkg/status')
  const key = names.join(' ')
  const fetched = kept.get(key) ?? fetchPackages(status, names)
  kept.set(key, fetched)
  if ('why' in fetched) return `${key} can’t be installed: ${fetched.why}`
  await Promise.all(hosts.map((host) => install(host, fetched.archives)))
  return null
}

/** apt, not dpkg, for it knows in which order they are to be set up. What is installed must not be started. */
async function install(host: LabHost, archives: string): Promise<void> {
  await host.exec('mkdir /tmp/peers && base64 -d | tar -x -C /tmp/peers', { input: archives })
  await host.exec(
    `printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d
     DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends -o APT::Sandbox::User=root install /tmp/peers/*.deb
     code=$?; rm -rf /usr/sbin/policy-rc.d /tmp/peers; exit $code`,
    { timeoutMs: 300_000 },
  )
}

/** Fetches the packages and what they need beside `status` (dpkg's own file). */
function fetchPackages(status: string, names: readonly string[]): Fetched {
  const directory = mkdtempSync(join(tmpdir(), 'understudy-peers-'))
  try {
    writeFileSync(join(directory, 'status'), `${status}\n`)
    mkdirSync(join(directory, 'partial'))
    const settings = [`Dir::State::status=${directory}/status`, `Dir::Cache::archives=${directory}/`]
    const options = [...settings, 'Debug::NoLocking=1', 'APT::Sandbox::User=root'].flatMap((one) => [
      '-o',
      one,
    ])
    const what = ['install', '--no-install-recommends', '--download-only', ...names]
    const apt = runNow('apt-get', ['-qq', '-y', ...options, ...what])
    if (apt.exitCode !== 0) return { why: apt.stderr.trim().split('\n').at(-1) ?? 'apt-get failed' }
    const archives = readdirSync(directory).filter((name) => name.endsWith('.deb'))
    const tar = runNow('tar', ['-c', '-f', join(directory, 'archives.tar'), '-C', directory, ...archives])
    if (tar.exitCode !== 0) return { why: tar.stderr.trim() }
    return { archives: readFileSync(join(directory, 'archives.tar')).toString('base64') }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
