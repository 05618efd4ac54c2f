import { openRotate } from '@/lib/operations/rotate-key/open-rotate'
import { planRotate } from '@/lib/operations/rotate-key/plan-rotate'
import { EngineTrial } from '@/test/harness/engine-trial'
import {
  type FolderGround,
  folderCreateGround,
  throwUnless,
  verifyTraces,
  verifyUnasked,
} from '@/test/harness/folder-ground'
import type { FolderHost } from '@/test/harness/folder-host'
import { onceActed, tracesOf } from '@/test/harness/folder-pair'
import { MemoryHold } from '@/test/harness/memory-hold'
import { queuedOperation } from '@/test/harness/operation-events'
import { fileFactsOf, hostFactsOf } from '@/test/harness/operation-facts'
import { rotateFactsOf } from '@/test/harness/rotate-facts'

const operationId = 'f0e1d2c3-0000-4000-8000-000000000000'
const now = new Date('2026-11-23T03:00:00Z')
const key = '/var/lib/understudy/ledger/sync_key'
const letIn = '/home/operator/.ssh/authorized_keys'
const knownHosts = '/etc/understudy/ledger/known_hosts'
const pairFile = '/etc/understudy/ledger/pair.conf'

export type GivenRotation = {
  readonly hasDatabase?: boolean
  /** The primary has another host key and another port than the standby knows. */
  readonly isMoved?: boolean
  /** The roles were exchanged before: the primary has a key of its own, which the standby lets in. */
  readonly hasFormer?: boolean
  /** Somebody has removed the standby's key. */
  readonly isLost?: boolean
  /** An earlier rotation was broken off behind the exchange, and closed. */
  readonly hasLeft?: boolean
}

const seen = <T>(value: T) => ({ seen: true as const, value })
const readOr = (host: FolderHost, path: string) => (host.has(path) ? host.read(path) : '')
const ownLines = (host: FolderHost) =>
  readOr(host, letIn)
    .split('\n')
    .filter((line) => line.includes('understudy-send ledger'))
const lineOn = (host: FolderHost, from: string, word: string) =>
  `restrict,from="${from}",command="${host.path('/usr/local/lib/understudy/understudy-send')} ledger" ssh-ed25519 ${word} understudy-ledger\n`

function arrange(given: GivenRotation, alpha: FolderHost, beta: FolderHost): void {
  if (given.isMoved) {
    beta.put(knownHosts, `${alpha.address} ssh-ed25519 AAAB\n`)
    beta.put(pairFile, beta.read(pairFile).replace('primary_port=22\n', 'primary_port=2222\n'))
  }
  if (given.hasFormer) {
    alpha.put(key, 'private AAAAformer understudy-ledger\n', 0o600)
    alpha.put(`${key}.pub`, 'ssh-ed25519 AAAAformer understudy-ledger\n', 0o600)
    beta.put(letIn, `ssh-rsa AAAA mine\n${lineOn(beta, alpha.address, 'AAAAformer')}`, 0o600)
  }
  if (given.isLost) for (const path of [key, `${key}.pub`]) beta.remove(path)
  if (given.hasLeft) {
    beta.put(
      '/var/lib/understudy/ledger/rotation-11111111/old',
      'private AAAAleft understudy-ledger\n',
      0o600,
    )
    alpha.put(letIn, `${alpha.read(letIn)}${lineOn(alpha, beta.address, 'AAAAleft')}`, 0o600)
    alpha.put('/var/lib/understudy/ledger/access/rotation-11111111.before', '')
  }
}

/** A rotation of the key of a pair that a create made on two folder hosts. */
export async function folderRotateGround(given: GivenRotation = {}): Promise<FolderGround> {
  const { hasDatabase = true, isLost = false } = given
  const created = await folderCreateGround({ scope: { database: hasDatabase, files: true } })
  const creating = new EngineTrial(created)
  creating.expect(await creating.life(), 'succeeded')
  const { pair } = created
  const { alpha, beta, servers, pairs, hosts, profile } = pair
  alpha.put(letIn, `ssh-rsa AAAA mine\n${alpha.read(letIn)}`, 0o600)
  const right = [knownHosts, pairFile].map((path) => beta.read(path))
  arrange(given, alpha, beta)
  const oldKey = readOr(beta, `${key}.pub`).trim()
  const [primary, standby] = hasDatabase
    ? [hostFactsOf('alpha'), hostFactsOf('beta')]
    : [fileFactsOf('alpha'), fileFactsOf('beta')]
  const facts = rotateFactsOf(
    { primary, standby },
    {
      access: seen({ publicKey: oldKey, isLetIn: true }),
      formerAccess: seen({
        publicKey: readOr(alpha, `${key}.pub`).trim(),
        isLetIn: given.hasFormer === true,
      }),
      reach: seen({ knownHosts: beta.read(knownHosts), pairFile: beta.read(pairFile) }),
    },
  )
  const plan = planRotate({ operationId, pair: pairs.current, profile, hosts, facts }, now)
  const before = { alpha: tracesOf(alpha), beta: tracesOf(beta) }
  const opened = await openRotate(queuedOperation(plan, {}), pair.ports)
  const isLetIn = (word: string) => readOr(alpha, letIn).includes(` ${word} `)
  return {
    pair,
    plan,
    steps: opened.steps,
    // Locks and the transcript are proved on real hosts: these would share the test machine's own /etc/machine-id.
    hold: new MemoryHold(),
    context: null,
    onceActed: (count, listener) => onceActed([alpha, beta], count, listener),
    async verifyInvariants() {
      throwUnless(!hasDatabase || servers.primary.isWritable(), 'the primary does not serve any more')
      throwUnless(beta.has('/etc/cron.d/understudy-ledger'), 'files are not copied any more')
      const [, word = ''] = readOr(beta, key).split(' ')
      throwUnless(isLost || isLetIn(word), 'a copy that begins now is not let in')
      const itsOwn = readOr(beta, `${key}.pub`)
      throwUnless(itsOwn === '' || itsOwn.includes(` ${word} `), 'the two parts of the key in place differ')
      verifyUnasked(pair)
    },
    async verifyDone() {
      const [, word = '', comment] = beta.read(`${key}.pub`).trim().split(' ')
      throwUnless(comment === 'understudy-ledger-f0e1d2c3', `the key in place is ${comment}`)
      throwUnless(beta.read(key).includes(word), 'the two parts of the key in place differ')
      throwUnless(ownLines(alpha).length === 1 && isLetIn(word), 'the new key is not let in alone')
      throwUnless(readOr(alpha, letIn).startsWith('ssh-rsa AAAA mine\n'), 'a line of somebody else’s is gone')
      const left = [...tracesOf(alpha).split('\n'), ...tracesOf(beta).split('\n')].filter((line) =>
        /rotation-|\.part /.test(line),
      )
      throwUnless(left.length === 0, `this is left: ${left.join(', ')}`)
      throwUnless(!alpha.has(key) && ownLines(beta).length === 0, 'the former key is still there')
      for (const [index, path] of [knownHosts, pairFile].entries())
        throwUnless(beta.read(path) === right[index], `${path} is not right`)
    },
    async verifyUndone() {
      verifyTraces(alpha, before.alpha)
      verifyTraces(beta, before.beta)
    },
    async dispose() {
      await opened.close()
      await created.dispose()
    },
  }
}
