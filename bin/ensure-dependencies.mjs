// Installs node_modules when they are missing or do not match package-lock.json. Plain JavaScript: there may be none yet.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** @param {string} root the project's folder */
export function ensureDependencies(root) {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const marker = join(root, 'node_modules', '.understudy-lock')
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return
  console.log('Installing dependencies (npm ci) …')
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  })
  if (result.error || result.status !== 0) {
    console.error('The dependencies could not be installed: npm ci failed, see above.')
    process.exit(1)
  }
  writeFileSync(marker, wanted)
}
