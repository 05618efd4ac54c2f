import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import { asksListening, parseListening } from '@/lib/facts/link-survey'

describe('whether the primary’s PostgreSQL listens, as its standby is asked just before it is promoted', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab()
  })
  afterAll(() => lab.down())

  const ask = async () => {
    const { text } = asksListening(lab.host(0).address, 5432)
    const { exitCode } = await lab.host(1).tryExec(text)
    return parseListening(exitCode, lab.host(1).name, lab.host(0).address)
  }

  test('it does while it serves and while it hangs, and does not while it is stopped', async () => {
    expect(await ask()).toBe(true)
    const thaw = await lab.host(0).freezePostgres()
    expect(await ask()).toBe(true)
    await thaw()
    await lab.host(0).stopPostgres()
    expect(await ask()).toBe(false)
    await lab.host(0).startPostgres()
  })

  test('two lost packets do not make it look away', async () => {
    await lab.host(0).exec('nft -f -', {
      input: `add table inet lossy
add chain inet lossy in { type filter hook input priority 0; }
add rule inet lossy in tcp dport 5432 tcp flags & (syn | ack) == syn numgen inc mod 3 != 2 drop
`,
    })
    expect(await ask()).toBe(true)
    await lab.host(0).exec('nft delete table inet lossy')
  })

  test('a host that is gone does not, and the way to it was measured: nobody waits long', async () => {
    const known = await lab.host(1).exec(`ip -o tcp_metrics show ${lab.host(0).address}`)
    expect(known).toMatch(/ rtt \d+us/)
    await lab.host(0).kill()
    const begunAt = performance.now()
    expect(await ask()).toBe(false)
    expect(performance.now() - begunAt).toBeLessThan(3_000)
  })

  test('a host that can’t ask says so: unknown is not down', async () => {
    await lab.host(0).boot()
    await awaitFact('PostgreSQL', ask)
    await lab.host(1).exec('mv /usr/bin/timeout /usr/bin/timeout.away')
    await expect(ask()).rejects.toMatchObject({ code: 'HOST_COMMAND_FAILED' })
    await lab.host(1).exec('mv /usr/bin/timeout.away /usr/bin/timeout')
  })
})
