#!/usr/bin/env node
// The one test command: installs what it needs, then verify, process and store, lab and browser tests, in this order.
// Plain JavaScript without imports from node_modules: on a fresh machine there are none yet.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { daySeed } from './day-seed.mjs'
import { ensureDependencies } from './ensure-dependencies.mjs'
import { verifyNode } from './verify-node.mjs'

verifyNode()

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const reports = mkdtempSync(join(tmpdir(), 'understudy-test-'))
const started = Date.now()
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`

/** Runs one stage and ends everything with its sentence when it fails. */
function stage(name, command, args, env = {}) {
  const since = Date.now()
  console.log(`\n== ${name}: ${[command, ...args].join(' ')}`)
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  if (result.error) fail(`${name} could not be started: ${result.error.message}`)
  console.log(`== ${name}: ${result.status === 0 ? 'ok' : 'FAILED'} in ${seconds(since)}`)
  return result.status === 0
}

function fail(sentence) {
  console.error(sentence)
  rmSync(reports, { recursive: true, force: true })
  process.exit(1)
}

/**
 * What Debian brings and its smallest installation lacks: its Chromium (a browser that a tool downloads by itself is not used), the
 * linter of shell, git, which knows the project's files, the package managers that packages are installed with, and those whose
 * word is asked for a key, a process or a fragment of sudoers.
 */
const programs = {
  '/usr/bin/chromium': 'chromium',
  '/usr/bin/createrepo_c': 'createrepo-c',
  '/usr/bin/dnf': 'dnf',
  '/usr/bin/git': 'git',
  '/usr/bin/pgrep': 'procps',
  '/usr/bin/pip3': 'python3-pip',
  '/usr/bin/rpmbuild': 'rpm',
  '/usr/bin/shellcheck': 'shellcheck',
  '/usr/bin/ssh-keygen': 'openssh-client',
  '/usr/sbin/visudo': 'sudo',
}

function ensurePrograms() {
  const missing = Object.entries(programs).flatMap(([path, name]) => (existsSync(path) ? [] : [name]))
  if (missing.length === 0) return
  const names = missing.join(' ')
  if (process.getuid?.() !== 0) fail(`Missing: ${names}. Run this as root once, or: apt-get install ${names}`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  if (!stage('package lists', 'apt-get', ['update', '-qq'], env)) fail('apt-get update failed: see above.')
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...missing]
  if (!stage(names, 'apt-get', install, env)) fail(`${names} could not be installed: see above.`)
}

/** Passed and failed tests of a report that vitest or Playwright wrote. */
function countOf(file) {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  if ('stats' in report)
    return {
      passed: report.stats.expected,
      failed: report.stats.unexpected + report.stats.flaky,
      skipped: report.stats.skipped,
    }
  return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests }
}

/** Several projects run side by side: no processor waits for the last test of each. */
function vitest(name, ...projects) {
  const report = join(reports, `${name}.json`)
  const args = [
    'vitest',
    'run',
    ...projects.map((project) => `--project=${project}`),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  const ok = stage(`${name} tests`, 'npx', args)
  const count = countOf(report)
  return { ...count, failed: Math.max(count.failed, ok ? 0 : 1) }
}

function browser() {
  const report = join(reports, 'browser.json')
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: report }
  const ok = stage('browser tests', 'npx', ['playwright', 'test', '--reporter=list,json'], env)
  const count = countOf(report)
  return { ...count, failed: Math.max(count.failed, ok ? 0 : 1) }
}

// One for all stages, also around midnight.
process.env.TEST_SEED = String(daySeed)
console.log(
  `TEST_SEED=${daySeed} chooses which of the long tests have their turn; PROOFS=all runs all of them.`,
)
ensureDependencies(root)
ensurePrograms()
if (!stage('verify', 'npm', ['run', '--silent', 'verify:static'])) fail('0 passed, 1 failed')
const labRefusal = spawnSync('npx', ['tsx', 'lab/cli.ts', 'check'], { cwd: root, encoding: 'utf8' })
// The hosts' bases are built meanwhile, where they are not cached, on what the tests leave of the processors: what comes first
// needs no hosts.
const bases =
  labRefusal.status === 0
    ? spawn('nice', ['-n', '19', 'npx', 'tsx', 'lab/cli.ts', 'build'], { cwd: root, stdio: 'inherit' })
    : null
const built = bases && once(bases, 'exit')
const results = [vitest('unit', 'unit'), vitest('process and store', 'process', 'store')]
if (built) {
  const since = Date.now()
  const [code] = await built
  console.log(`\n== hosts: ${code === 0 ? 'ok' : 'FAILED'}, waited for ${seconds(since)}`)
  if (code !== 0) fail('The bases of the lab’s hosts could not be built: see above.')
  results.push(vitest('lab', 'lab*'), browser())
} else console.error(`\nLab and browser tests SKIPPED: ${(labRefusal.stderr || labRefusal.stdout).trim()}`)

const total = (key) => results.reduce((sum, result) => sum + result[key], 0)
const skippedLab = labRefusal.status === 0 ? 0 : 1
console.log(`\nAll took ${seconds(started)}.`)
console.log(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped') + skippedLab} skipped`)
rmSync(reports, { recursive: true, force: true })
// In continuous integration a skipped lab is a failure: nothing would have been proved.
process.exit(total('failed') > 0 || (skippedLab && process.env.CI) ? 1 : 0)
