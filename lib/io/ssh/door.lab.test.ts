import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { asDatabaseOwner, asRoot, sh, withStdin } from '@/lib/commands/command'
import type { DoorPool } from '@/lib/io/ssh/door-pool'
import type { KeptDoor } from '@/lib/ports/host-door'
import { type LabUser, labDoors, registered, secretOf } from '@/test/harness/lab-doors'

let lab: Lab
let host: LabHost
let doors: DoorPool
const soon = { timeoutMs: 10_000 }
const doorOf = (user: LabUser, databaseOwner?: string): KeptDoor =>
  doors.door(registered(host, { user }), databaseOwner)
/** How many processes on the host have this in their command line. */
const countOf = async (pattern: string) =>
  Number(await host.exec(`pgrep -fc '[${pattern[0]}]${pattern.slice(1)}' || true`))

beforeAll(async () => {
  lab = await startLab({ hosts: 1 })
  host = lab.host(0)
  doors = labDoors(secretOf(host))
})
afterAll(async () => {
  await doors.close()
  await lab.down()
})

describe('a command', () => {
  test('runs as the user that it names, from each kind of login', async () => {
    const whoami = sh`id -un; echo "$HOME $LC_ALL"; pwd`
    const as = async (user: LabUser) => {
      const door = doorOf(user)
      const answers = []
      for (const command of [whoami, asRoot(whoami), asDatabaseOwner(whoami)])
        answers.push(
          await door.run(command, soon).then(
            ({ stdout }) => stdout,
            (error) => error.code,
          ),
        )
      return answers
    }
    const root = 'root\n/root C\n/\n'
    const postgres = 'postgres\n/var/lib/postgresql C\n/\n'
    expect(await as('root')).toEqual([root, root, postgres])
    expect(await as('operator')).toEqual(['operator\n/home/operator C\n/\n', root, postgres])
    const plain = 'plain\n/home/plain C\n/\n'
    expect(await as('plain')).toEqual([plain, 'HOST_SUDO_REFUSED', plain])
  })

  test('of the database’s owner, a job and a question run as whom the profile names', async () => {
    for (const user of ['root', 'operator'] as const) {
      const door = doorOf(user, 'ledger')
      const whoami = asDatabaseOwner(sh`id -un`)
      expect((await door.run(whoami, soon)).stdout).toBe('ledger\n')
      expect((await door.ask(whoami, soon)).stdout).toBe('ledger\n')
      const id = `owner-${user}`
      await door.startJob(id, whoami)
      await awaitFact('the end of a job', async () => (await door.jobState(id)).state === 'ended')
      expect((await door.jobOutput(id, 0)).text).toBe('ledger\n')
      await door.forgetJob(id)
      expect((await doorOf(user).run(whoami, soon)).stdout).toBe('postgres\n')
    }
  })

  test('keeps its exit code, both streams and its standard input, and a signal is 128 and its number', async () => {
    const door = doorOf('operator')
    expect(
      await door.run(withStdin(asRoot(sh`cat; echo err >&2; exit 9`), 'in: žluť\n', false), soon),
    ).toMatchObject({
      exitCode: 9,
      stdout: 'in: žluť\n',
      stderr: 'err\n',
    })
    expect((await doorOf('root').run(sh`kill -KILL $$`, soon)).exitCode).toBe(137)
    await expect(door.runOrThrow(sh`echo why >&2; exit 3`, soon)).rejects.toMatchObject({
      code: 'HOST_COMMAND_FAILED',
      detail: 'exit code 3: why',
    })
  })

  test('is not disturbed by what the login shell prints by itself', async () => {
    await host.exec(
      'echo "echo noise; echo noise >&2" >>/home/plain/.bashrc && sed -i 1i\\ "echo early" /home/plain/.bashrc',
    )
    const noisy = labDoors(secretOf(host, 'plain'))
    const door = noisy.door(registered(host, { user: 'plain', authKind: 'password' }))
    expect(await door.run(sh`echo answer`, soon)).toMatchObject({ stdout: 'answer\n', stderr: '' })
    expect(await door.ask(sh`echo answer`, soon)).toMatchObject({ stdout: 'answer\n', stderr: '' })
    await noisy.close()
  })

  test('fourteen at once all run, six at a time', async () => {
    const door = doorOf('operator')
    const ran = await Promise.all(
      Array.from({ length: 14 }, (_, index) =>
        door.run(sh`sleep 0.1; pgrep -fc 'slee[p] 0.1'; echo ${index}`, soon),
      ),
    )
    expect(ran.map(({ stdout }) => Number(stdout.trim().split('\n')[1]))).toEqual([...Array(14).keys()])
  })

  test('that takes too long is ended with all its children, as root through sudo too', async () => {
    for (const user of ['root', 'operator'] as const) {
      const began = performance.now()
      await expect(
        doorOf(user).run(asRoot(sh`trap '' TERM; sleep 4711 & sleep 4712; wait`), { timeoutMs: 400 }),
      ).rejects.toMatchObject({ code: 'HOST_COMMAND_TIMED_OUT' })
      expect(await countOf('sleep 471')).toBe(0)
      expect(performance.now() - began).toBeLessThan(4000)
    }
  })

  test('is ended when its caller gives up', async () => {
    const abort = new AbortController()
    const running = doorOf('operator').run(asDatabaseOwner(sh`sleep 4713`), { ...soon, signal: abort.signal })
    await awaitFact('the command to run', async () => (await countOf('sleep 4713')) > 0)
    abort.abort()
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await countOf('sleep 4713')).toBe(0)
  })

  test('is ended too when its caller gives up before it has said that it runs', async () => {
    for (const waitMs of [0, 5, 10, 15, 20, 25, 30, 40, 60]) {
      const giveUp = AbortSignal.timeout(waitMs)
      await expect(
        doorOf('operator').run(asDatabaseOwner(sh`sleep 4714`), { ...soon, signal: giveUp }),
      ).rejects.toMatchObject({ code: 'CANCELLED' })
      expect(await countOf('sleep 4714')).toBe(0)
    }
  })

  test('gives its lines while it runs', async () => {
    const seen: string[] = []
    const running = doorOf('root').run(
      sh`echo first; while [ ! -e /tmp/go ]; do sleep 0.05; done; echo last >&2`,
      {
        ...soon,
        onLine: (line) => seen.push(line),
      },
    )
    await awaitFact('the first line', () => seen.length > 0)
    expect(seen).toEqual(['first'])
    await host.exec('touch /tmp/go')
    await running
    expect(seen).toEqual(['first', 'last'])
  })

  test('gets a secret without any process list showing it', async () => {
    const running = doorOf('operator').run(
      withStdin(
        asRoot(sh`read -r secret; while [ ! -e /tmp/seen ]; do sleep 0.05; done`),
        'pass-phrase-4714\n',
        true,
      ),
      soon,
    )
    await awaitFact('the command to run', async () => (await countOf('/tmp/seen')) > 0)
    expect(await countOf('pass-phrase-4714')).toBe(0)
    await host.exec('touch /tmp/seen')
    expect((await running).exitCode).toBe(0)
  })

  test('as root is refused in one sentence where sudo is', async () => {
    await host.exec('mv /etc/sudoers.d/lab-operator /root/')
    await expect(doorOf('operator').run(asRoot(sh`true`), soon)).rejects.toMatchObject({
      code: 'HOST_SUDO_REFUSED',
      message: `${host.name} (${host.address}) refused sudo for the user operator.`,
    })
    await host.exec('mv /root/lab-operator /etc/sudoers.d/')
  })
})

describe('a question', () => {
  test('is answered by a kept shell of each user, and a slow one costs only itself', async () => {
    const door = doorOf('operator')
    for (const [command, user] of [
      [sh`id -un; exit 4`, 'operator'],
      [asRoot(sh`id -un; exit 4`), 'root'],
      [asDatabaseOwner(sh`id -un; exit 4`), 'postgres'],
    ] as const)
      expect(await door.ask(command, soon)).toMatchObject({ exitCode: 4, stdout: `${user}\n`, stderr: '' })
    await expect(door.ask(asRoot(sh`sleep 4715`), { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'HOST_COMMAND_TIMED_OUT',
    })
    expect((await door.ask(asRoot(sh`echo again`), soon)).stdout).toBe('again\n')
    await awaitFact('the slow question to be ended', async () => (await countOf('sleep 4715')) === 0)
  })

  test('starts no shell of its own: two hundred are answered by one process', async () => {
    const door = doorOf('root')
    const shells = new Set<string>()
    for (let index = 0; index < 200; index += 1) shells.add((await door.ask(sh`echo $PPID`, soon)).stdout)
    expect(shells.size).toBe(1)
  })

  test('cannot carry standard input', async () => {
    await expect(doorOf('root').ask(withStdin(sh`cat`, 'x', false), soon)).rejects.toThrow(RangeError)
  })
})

describe('files', () => {
  test('are written with owner and mode, read back as they were, and absent is not empty', async () => {
    const path = `/etc/it's a "$(file)" 😀`
    const content = 'žluť\n$x `id`\n'
    for (const user of ['root', 'operator'] as const) {
      await doorOf(user).writeFile({
        path,
        content,
        mode: '0640',
        owner: 'postgres:postgres',
        isSecret: true,
      })
      expect(await doorOf(user).readFile(path)).toBe(content)
      expect(await host.exec(`stat -c '%U:%G %a' /etc/it*`)).toBe('postgres:postgres 640')
      expect(await doorOf(user).readFile('/etc/no such file')).toBeNull()
    }
    await expect(
      doorOf('plain').writeFile({ path: '/etc/x', content, mode: '0600', owner: 'plain', isSecret: false }),
    ).rejects.toMatchObject({ code: 'HOST_COMMAND_FAILED', message: expect.stringContaining('/etc/x') })
  })

  test('that don’t fit are said to, and nothing is left of them', async () => {
    await host.exec('mkdir -p /srv/small')
    await host.limitDisk('/srv/small', 1)
    const write = doorOf('root').writeFile({
      path: '/srv/small/big',
      content: 'x'.repeat(2_000_000),
      mode: '0600',
      owner: 'root:root',
      isSecret: false,
    })
    await expect(write).rejects.toMatchObject({ code: 'HOST_DISK_FULL' })
    expect(await host.exec('ls -A /srv/small')).toBe('')
  })
})

describe('a job', () => {
  test('runs as each user, from each kind of login, and is read to its end', async () => {
    for (const user of ['root', 'operator', 'plain'] as const) {
      const door = doorOf(user)
      const as = user === 'plain' ? sh`id -un` : asDatabaseOwner(sh`id -un`)
      await door.startJob('who', withStdin({ ...as, text: `cat; ${as.text}; exit 6` }, 'žluť\n', true))
      await awaitFact('the job to end', async () => (await door.jobState('who')).state === 'ended')
      expect(await door.jobState('who')).toEqual({ state: 'ended', exitCode: 6 })
      const { text, nextOffset } = await door.jobOutput('who', 0)
      expect(text).toBe(`žluť\n${user === 'plain' ? 'plain' : 'postgres'}\n`)
      expect(await door.jobOutput('who', nextOffset)).toEqual({ text: '', nextOffset })
      await door.forgetJob('who')
      expect(await door.jobState('who')).toEqual({ state: 'absent' })
    }
  })

  test('survives the connection, another door finds it running, and ending it leaves no process', async () => {
    const other = labDoors(secretOf(host))
    const first = other.door(registered(host, { user: 'operator' }))
    await first.startJob('long', asDatabaseOwner(sh`trap '' TERM; sleep 4716 & sleep 4717 & wait; wait`))
    await expect(first.startJob('long', sh`true`)).rejects.toMatchObject({ code: 'CONFLICT' })
    await other.close()
    const door = doorOf('operator')
    expect(await door.jobState('long')).toMatchObject({ state: 'running' })
    await expect(door.forgetJob('long')).rejects.toMatchObject({ code: 'CONFLICT' })
    await door.endJob('long', 300)
    expect(await countOf('sleep 471')).toBe(0)
    expect(await door.jobState('long')).toEqual({ state: 'vanished' })
    await door.forgetJob('long')
  })

  test('that the host took with it has vanished, and is not taken for a new process', async () => {
    const door = doorOf('root')
    await door.startJob('doomed', sh`sleep 4718`)
    await host.exec('sync')
    await host.kill()
    await host.boot()
    await awaitFact('the door to open again', () => door.state().state === 'connected')
    expect(await door.jobState('doomed')).toEqual({ state: 'vanished' })
  })
})

describe('a lost connection', () => {
  test('pulling the plug fails what runs, and the door opens again by itself when the host is back', async () => {
    const door = doorOf('root')
    await door.run(sh`true`, soon)
    const running = door.run(sh`sleep 600`, { timeoutMs: 60_000 }).catch((error: unknown) => error)
    await awaitFact('the command to run', async () => (await countOf('sleep 600')) > 0)
    await host.kill()
    expect(await running).toMatchObject({ code: 'HOST_CONNECTION_LOST' })
    expect(door.state()).toMatchObject({ state: 'failed' })
    await host.boot()
    const began = performance.now()
    await awaitFact('the door to open again', () => door.state().state === 'connected')
    expect(performance.now() - began).toBeLessThan(5000)
    expect((await door.run(sh`echo back`, soon)).stdout).toBe('back\n')
  })

  test('a cut cable is found within 5 s, seen as failed with its beginning, and asking then does not hang', async () => {
    const door = doorOf('root')
    await door.run(sh`true`, soon)
    const began = performance.now()
    const running = door.run(sh`sleep 600`, { timeoutMs: 60_000 }).catch((error: unknown) => error)
    const heal = await host.cut()
    expect(await running).toMatchObject({ code: 'HOST_CONNECTION_LOST' })
    const foundMs = performance.now() - began
    process.stdout.write(`cut cable found after ${foundMs.toFixed(0)} ms\n`)
    expect(foundMs).toBeLessThan(5000)
    const lost = door.state()
    expect(lost).toMatchObject({ state: 'failed' })
    const asked = performance.now()
    await expect(door.ask(sh`true`, { timeoutMs: 1000 })).rejects.toMatchObject({
      code: /HOST_(TIMED_OUT|UNREACHABLE|CONNECTION_LOST)/,
    })
    expect(performance.now() - asked).toBeLessThan(3500)
    expect(door.state()).toMatchObject({ state: 'failed', since: lost.since })
    await heal()
    await awaitFact('the door to open again', () => door.state().state === 'connected')
  })

  test('an access that changed gets a new connection, the old door is closed', async () => {
    const before = doorOf('root')
    await before.run(sh`true`, soon)
    expect(doorOf('root')).toBe(before)
    const after = doors.door(registered(host, { user: 'root', name: 'renamed' }))
    expect(after).not.toBe(before)
    expect((await after.run(sh`echo here`, soon)).stdout).toBe('here\n')
    await expect(before.run(sh`true`, soon)).rejects.toMatchObject({ code: 'HOST_CONNECTION_LOST' })
  })
})
