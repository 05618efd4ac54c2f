// `npm start` and `npm run demo`: installs what npm has to install, then runs the command line in this same process, so
// that signals need no forwarding. Plain JavaScript without imports from node_modules: on a fresh machine there are none.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureDependencies } from './ensure-dependencies.mjs'
import { verifyNode } from './verify-node.mjs'

verifyNode()
ensureDependencies(dirname(dirname(fileURLToPath(import.meta.url))))
await import('./understudy')
