// Plain JavaScript for older Nodes too, without imports from node_modules: it has to be understood by those that it refuses.
import { readFileSync } from 'node:fs'

/** Ends this process with one line where its Node is older than package.json says. */
export function verifyNode() {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const oldest = engines.node.replace('>=', '')
  const [neededMajor, neededMinor] = oldest.split('.').map(Number)
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return
  console.error(`understudy: Node ${oldest} or newer is needed, this is ${process.versions.node}.`)
  process.exit(1)
}
