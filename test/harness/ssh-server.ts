import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import ssh2 from 'ssh2'
import { fingerprintOf } from '@/lib/commands/key-fingerprint'
import type { Access } from '@/lib/io/ssh/access'
import { parseHostKeyLine } from '@/lib/io/ssh/host-key'

const newKey = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey
export const hostKeyPem = newKey()
export const otherKeyPem = newKey()

/** The public key of a private one, as in known_hosts without the host. */
export function publicLine(pem: string): string {
  const key = ssh2.utils.parseKey(pem)
  if (key instanceof Error) throw key
  return `ssh-rsa ${key.getPublicSSH().toString('base64')}`
}
export const fingerprint = (pem: string) =>
  fingerprintOf(parseHostKeyLine(publicLine(pem)) ?? Buffer.alloc(0))

const running = new Set<SshServer>()

/** Ends every server of this test file; for afterEach. */
export function closeSshServers(): void {
  for (const server of running) server.stop()
  running.clear()
}

/** A real SSH server in this process, whose commands run in a real shell. */
export class SshServer {
  readonly clients = new Set<ssh2.Connection>()
  signIns = 0
  sessions = 0
  sessionsMost = 0
  sessionsAllowed = 10
  password = 'right'
  /** How long a refusal takes: sshd's are delayed by PAM. */
  refusalMs = 0
  /** Added to what commands find in their environment. */
  environment: Readonly<Record<string, string>> = {}
  /** The login shell: runs what is asked for behind its `-c`. */
  shell = '/bin/sh'
  readonly server: ssh2.Server
  #port = 0

  constructor(hostKey = hostKeyPem) {
    this.server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => this.#accept(client))
    running.add(this)
  }

  async start(): Promise<this> {
    this.server.listen(this.#port, '127.0.0.1')
    await once(this.server, 'listening')
    this.#port = (this.server.address() as AddressInfo).port
    return this
  }

  stop(): void {
    this.drop()
    this.server.close()
  }

  drop(): void {
    for (const client of this.clients) client.end()
  }

  access(more: Partial<Access> = {}): Access {
    return {
      name: 'db1',
      address: '127.0.0.1',
      port: this.#port,
      user: 'ops',
      authKind: 'password',
      secret: { privateKey: null, passphrase: null, password: 'right' },
      hostKey: publicLine(hostKeyPem),
      agentSocket: null,
      ...more,
    }
  }

  #accept(client: ssh2.Connection): void {
    this.clients.add(client)
    client.on('error', () => undefined).on('close', () => this.clients.delete(client))
    client.on('authentication', (attempt) => {
      this.signIns += 1
      if (attempt.method === 'password' && attempt.password === this.password) attempt.accept()
      else setTimeout(() => attempt.reject(['password']), this.refusalMs)
    })
    client.on('session', (accept, reject) => {
      if (this.sessions >= this.sessionsAllowed) return reject()
      this.sessions += 1
      this.sessionsMost = Math.max(this.sessionsMost, this.sessions)
      accept().on('exec', (take, _refuse, { command }) => {
        const channel = take()
        const env = { ...process.env, ...this.environment }
        // As sshd does it: a session and a process group of its own.
        const child = spawn(this.shell, ['-c', command], { detached: true, env })
        child.stdin.on('error', () => undefined)
        channel.pipe(child.stdin)
        child.stdout.pipe(channel, { end: false })
        child.stderr.pipe(channel.stderr, { end: false })
        child.on('close', (code) => {
          channel.exit(code ?? 1)
          channel.end()
          this.sessions -= 1
        })
      })
    })
  }
}
