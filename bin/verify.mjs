#!/usr/bin/env node
// Format, lint, types and what nobody uses: side by side, each told with its time, so that `npm run verify` takes seconds.
import { spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const checks = ['format', 'lint', 'types', 'unused']

function run(name) {
  const since = Date.now()
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', name], { cwd: root })
    const output = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk))
    child.on('error', (error) => output.push(Buffer.from(`${error.message}\n`)))
    child.on('close', (code) => {
      if (code !== 0) process.stderr.write(Buffer.concat(output))
      const seconds = ((Date.now() - since) / 1000).toFixed(1)
      console.log(`${name}: ${code === 0 ? 'ok' : 'FAILED'} in ${seconds} s`)
      resolve(code === 0)
    })
  })
}

const results = await Promise.all(checks.map(run))
process.exit(results.every(Boolean) ? 0 : 1)
