import { describe, expect, test } from 'vitest'
import { isBlocking } from '@/lib/domain/preflight'
import type { RotateFacts } from '@/lib/operations/rotate-key/facts'
import { planRotate } from '@/lib/operations/rotate-key/plan-rotate'
import { hostFactsOf, profileOf } from '@/test/harness/operation-facts'
import { groundOf, grounds } from '@/test/harness/plan-variants'
import { otherKey, rotateFactsOf, someKey } from '@/test/harness/rotate-facts'

const seen = <T>(value: T) => ({ seen: true as const, value })
const away = { code: 'HOST_UNREACHABLE', message: 'beta can’t be reached.', fix: 'Look.' }
const now = new Date('2026-11-23T03:00:00Z')
const hostKey = someKey.split(' ').slice(0, 2).join(' ')
const otherHostKey = otherKey.split(' ').slice(0, 2).join(' ')
const fingerprints = {
  old: 'SHA256:IHu687cuGeIPciTauPIr2nYofAlQckfDD2FZDBLTUVk',
  new: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
}
const found = {
  primary: { ...hostFactsOf('alpha'), user: 'operator' },
  standby: { ...hostFactsOf('beta'), user: 'operator' },
}

function planOf(over: Partial<RotateFacts> & { hostKey?: string } = {}) {
  const any = grounds.find(({ given }) => given.scope.files && !given.isIpv6)
  if (!any) throw new Error('there are no grounds')
  const { hosts, pair, operationId } = groundOf(any.given)
  const known = { ...hosts, primary: { ...hosts.primary, hostKey } }
  const facts = rotateFactsOf(found, { hostKey, ...over })
  return planRotate({ operationId, pair, hosts: known, profile: profileOf(), facts }, now)
}
const idsOf = ({ steps }: ReturnType<typeof planOf>) => steps.map(({ id }) => id)
const checkOf = (plan: ReturnType<typeof planOf>, id: string) =>
  plan.preflight.find((check) => check.id === id)
const steps = ['make-new-key', 'let-new-key-in', 'place-new-key', 'retire-old-key', 'drop-old-key']

describe('the plan of a rotation', () => {
  test('lets both keys in until the new one is in place, and can be taken back until the old one is let in no more', () => {
    const plan = planOf()
    expect(isBlocking(plan.preflight)).toBe(false)
    expect([plan.kind, plan.warnings]).toEqual(['rotate-key', []])
    expect(idsOf(plan)).toEqual(steps)
    expect(plan.steps.map(({ undo }) => undo)).toEqual([
      'undo',
      'undo',
      'undo',
      'forward-only',
      'forward-only',
    ])
  })

  test('binds the new key as the old one: to one program, to the standby’s address, without terminal or tunnel', () => {
    const { preview = [] } = planOf().steps.find(({ id }) => id === 'let-new-key-in') ?? {}
    expect(preview).toContainEqual({
      kind: 'command',
      text: expect.stringContaining(
        `'restrict,from="10.7.0.12",command="/usr/local/lib/understudy/understudy-send ledger" <the public key`,
      ),
    })
  })

  test('names the key that is rotated by its fingerprint', () => {
    expect(checkOf(planOf(), 'standby-key')).toMatchObject({
      outcome: 'pass',
      evidence: expect.stringContaining(fingerprints.new),
    })
  })
})

describe('a host key that was confirmed anew', () => {
  const plan = planOf({ hostKey: otherHostKey })

  test('is told to the standby first, with both fingerprints, before anything is proved by it', () => {
    expect(idsOf(plan)).toEqual(['update-reach', ...steps])
    const [sentence = ''] = plan.warnings
    expect(sentence).toContain(`the host key ${fingerprints.old} of alpha until now`)
    expect(sentence).toContain(`from now on ${fingerprints.new}`)
  })

  test('is shown as the line that goes and the line that comes', () => {
    expect(plan.steps[0]?.preview).toContainEqual({
      kind: 'file',
      path: '/etc/understudy/ledger/known_hosts',
      diff: `-10.7.0.11 ${otherHostKey}\n+10.7.0.11 ${hostKey}\n`,
    })
  })

  test('is not pinned where the primary shows the standby yet another one', () => {
    const link = { postgres: 'not-asked', ssh: 'other-key', sshBack: 'not-asked', source: null } as const
    expect(isBlocking(planOf({ link }).preflight)).toBe(true)
  })
})

test('an address, port or user that was changed is told to the standby; another user’s line is left to who may change it', () => {
  const pairFile =
    'primary=10.7.0.99\nprimary_port=2222\nprimary_user=backup\nprimary_extra=x\ncheck_role=yes\n'
  const plan = planOf({ reach: seen({ knownHosts: `10.7.0.11 ${hostKey}\n`, pairFile }) })
  const file = plan.steps[0]?.preview.find((line) => line.kind === 'file')
  expect(file).toMatchObject({
    path: '/etc/understudy/ledger/pair.conf',
    diff: '-primary=10.7.0.99\n-primary_port=2222\n-primary_user=backup\n+primary=10.7.0.11\n+primary_port=22\n+primary_user=operator\n',
  })
  expect(plan.warnings).toEqual([expect.stringContaining('authorized_keys of backup is not ours to change')])
})

test('a key that the primary has from its time as the standby is taken away, last', () => {
  const plan = planOf({ formerAccess: seen({ publicKey: otherKey, isLetIn: true }) })
  expect(idsOf(plan)).toEqual([...steps, 'retire-former-key', 'drop-former-key'])
  expect(plan.steps.slice(-2).map(({ host }) => host)).toEqual(['standby', 'primary'])
  expect(plan.warnings.join()).toContain(fingerprints.old)
})

test('a key that is lost, or let in nowhere, is replaced, and the check says so', () => {
  const lost = planOf({ access: seen({ publicKey: '', isLetIn: false }) })
  expect(idsOf(lost)).toEqual(steps)
  expect(checkOf(lost, 'standby-key')?.outcome).toBe('warn')
  const shut = planOf({ access: seen({ publicKey: someKey, isLetIn: false }) })
  expect(checkOf(shut, 'standby-key')?.outcome).toBe('warn')
})

test('a standby that comes from another address than the one it is registered by is told before its key is bound to that', () => {
  const link = {
    postgres: 'not-asked',
    ssh: 'pinned-key',
    sshBack: 'not-asked',
    source: '10.7.0.99',
  } as const
  expect(checkOf(planOf({ link }), 'standby-address')).toMatchObject({
    outcome: 'warn',
    evidence: expect.stringContaining('by 10.7.0.99, and the key is let in from 10.7.0.12 alone'),
  })
})

test.each<[string, Partial<RotateFacts>, string]>([
  [
    'a host can’t be reached',
    { standby: { ...found.standby, machine: { seen: false, why: away } } },
    'standby-access',
  ],
  ['the file sync is not there', { reach: seen({ knownHosts: null, pairFile: null }) }, 'sync-settings'],
  ['the key could not be looked at', { access: { seen: false, why: away } }, 'standby-key'],
])('where %s there are no steps, and the check says why', (_, over, check) => {
  const plan = planOf(over)
  expect(plan.steps).toEqual([])
  expect(plan.preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)).toEqual([check])
})
