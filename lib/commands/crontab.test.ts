import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bootLines,
  hasCrontabBlock,
  heldCrontabLines,
  holdCrontabLines,
  putCrontabBlock,
  releaseCrontabLines,
  removeCrontabBlock,
  writeCrontab,
} from '@/lib/commands/crontab'

const own = `# Jobs of phantom.
MAILTO=me
17 4 * * * /opt/phantom/bin/phsvc status
@reboot /opt/phantom/bin/start_phantom.sh
`
const lines = ['* * * * * /x/understudy-sync soar vault', '23 3 * * * logrotate']

describe('a block', () => {
  test('stands behind everything else, once, whoever puts it twice', () => {
    const once = putCrontabBlock(own, 'soar', lines)
    expect(once).toBe(
      `${own}# BEGIN understudy soar (managed: changes between these lines are lost)\n${lines.join('\n')}\n# END understudy soar\n`,
    )
    expect(putCrontabBlock(once, 'soar', lines)).toBe(once)
    expect(hasCrontabBlock(once, 'soar', lines)).toBe(true)
    expect(hasCrontabBlock(once, 'soar', lines.slice(1))).toBe(false)
    expect(hasCrontabBlock(own, 'soar', lines)).toBe(false)
  })

  test('is taken away byte for byte, whatever else is there and whoever has added a line behind it', () => {
    const line = fc.string({ maxLength: 30 }).map((text) => text.replaceAll(/[\n\0]/g, ' '))
    fc.assert(
      fc.property(fc.array(line), (rest) => {
        const before = rest.map((text) => `${text}\n`).join('')
        expect(removeCrontabBlock(putCrontabBlock(before, 'soar', lines), 'soar')).toBe(before)
      }),
    )
    const added = `${putCrontabBlock(own, 'soar', lines)}5 5 * * * mine\n`
    expect(removeCrontabBlock(added, 'soar')).toBe(`${own}5 5 * * * mine\n`)
  })

  test('of another pair stays', () => {
    const both = putCrontabBlock(putCrontabBlock(own, 'soar', lines), 'soar-2', ['@daily x'])
    expect(removeCrontabBlock(both, 'soar')).toBe(putCrontabBlock(own, 'soar-2', ['@daily x']))
  })

  test('without its end is not guessed at', () => {
    const broken = putCrontabBlock(own, 'soar', lines).replace(/# END.*\n/, '')
    expect(() => removeCrontabBlock(broken, 'soar')).toThrow(RangeError)
  })
})

describe('lines that must not run', () => {
  const isBoot = (line: string) => line.startsWith('@reboot')

  test('are comments until they are released, byte for byte', () => {
    const held = holdCrontabLines(own, 'soar fence', isBoot)
    expect(bootLines(own)).toEqual(['@reboot /opt/phantom/bin/start_phantom.sh'])
    expect(bootLines(held)).toEqual([])
    expect(heldCrontabLines(held, 'soar fence')).toEqual(bootLines(own))
    expect(holdCrontabLines(held, 'soar fence', isBoot)).toBe(held)
    expect(releaseCrontabLines(held, 'soar application')).toBe(held)
    expect(releaseCrontabLines(held, 'soar fence')).toBe(own)
  })

  test('a comment is never held, so that it does not become a job when it is released', () => {
    const commented = own.replace('@reboot', '# @reboot')
    expect(holdCrontabLines(commented, 'soar', (line) => line.includes('@reboot'))).toBe(commented)
  })
})

test('what is in a crontab may be a secret, so it is never shown; without a line there is no crontab', () => {
  expect(writeCrontab(own)).toMatchObject({ stdin: own, stdinIsSecret: true })
  expect(writeCrontab(own).text).not.toContain('phantom')
  expect(writeCrontab('').text).toBe('crontab -r')
})
