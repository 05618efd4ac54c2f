import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Announcement } from '@/lib/io/ssh/announcement'
import { completeUtf8Length } from '@/lib/io/ssh/complete-utf8'
import { LineSplitter } from '@/lib/io/ssh/line-splitter'

/** Cuts a buffer at any places. */
const pieces = (whole: Buffer, cuts: readonly number[]): Buffer[] => {
  const points = [0, ...[...cuts].sort((a, b) => a - b), whole.length]
  return points.slice(1).map((end, index) => whole.subarray(points[index], end))
}
const anyCuts = (whole: Buffer) => fc.array(fc.nat(whole.length), { maxLength: 8 })

describe('LineSplitter', () => {
  const lines = (chunks: readonly Buffer[]) => {
    const seen: string[] = []
    const splitter = new LineSplitter((line) => seen.push(line))
    for (const chunk of chunks) splitter.push(chunk)
    splitter.flush()
    return seen
  }

  test('gives whole lines wherever the bytes are cut, in the middle of a character too', () => {
    const whole = Buffer.from('žluť\r\n10%\r20%\r\n\nlast 😀')
    fc.assert(
      fc.property(anyCuts(whole), (cuts) => {
        expect(lines(pieces(whole, cuts))).toEqual(['žluť', '10%', '20%', '', 'last 😀'])
      }),
    )
  })

  test('a line without end does not grow without end', () => {
    const seen = lines([Buffer.alloc(200_000, 'x'), Buffer.from('y\n')])
    expect(seen.join('')).toBe(`${'x'.repeat(200_000)}y`)
    expect(seen.length).toBeGreaterThan(1)
  })
})

describe('Announcement', () => {
  test('drops what came before it, passes on what comes behind it, wherever the bytes are cut', () => {
    const whole = Buffer.from(
      'motd of .bashrc\nMARK no\nMARK'.replace('MARK no\n', '').concat(' 4711\nout\n'),
    )
    fc.assert(
      fc.property(anyCuts(whole), (cuts) => {
        const announcement = new Announcement('MARK')
        const rest = Buffer.concat(pieces(whole, cuts).map((piece) => announcement.push(piece)))
        expect([rest.toString(), announcement.group]).toEqual(['out\n', 4711])
      }),
    )
  })

  test('keeps what came when nothing was announced', () => {
    const announcement = new Announcement('MARK')
    announcement.push(Buffer.from('sudo: a password is required\n'))
    expect([announcement.group, announcement.held.toString()]).toEqual([
      null,
      'sudo: a password is required\n',
    ])
  })
})

describe('completeUtf8Length', () => {
  test('reading a text in pieces, each up to a whole character, gives the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 4, max: 9 }), (text, size) => {
        const bytes = Buffer.from(text)
        let read = ''
        let offset = 0
        while (offset < bytes.length) {
          const piece = bytes.subarray(offset, offset + size)
          const length = completeUtf8Length(piece)
          expect(length).toBeGreaterThan(0)
          read += piece.subarray(0, length).toString()
          offset += length
        }
        expect(read).toBe(text)
      }),
    )
  })

  test('bytes that are no UTF-8 stop nobody', () => {
    expect(completeUtf8Length(Buffer.from([0x80, 0x80, 0x80, 0x80]))).toBe(4)
    expect(completeUtf8Length(Buffer.alloc(0))).toBe(0)
    expect(completeUtf8Length(Buffer.from([0x41, 0xe2, 0x82]))).toBe(1)
  })
})
