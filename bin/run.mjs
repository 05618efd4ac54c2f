// `npm start` and `npm run demo`: installs what npm has to install, then runs the command line in this same process, so
// that signals need no forwarding. Plain JavaScript without imports from node_modules: on a fresh machine there are none.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureDependencies } from './ensure-dependencies.mjs'

const oldest = [20, 19]
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  console.error(`understudy: Node ${oldest.join('.')} or newer is needed, this is ${process.versions.node}.`)
  process.exit(1)
}
ensureDependencies(dirname(dirname(fileURLToPath(import.meta.url))))
await import('./understudy')
