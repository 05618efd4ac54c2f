import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLogChunk, toLogText } from '@/lib/facts/log-chunk'

test('an answer is read into size, offset and bytes', () => {
  expect(
    parseLogChunk(`file=66:1234\nsize=12\noffset=6\n${Buffer.from('world\n').toString('base64')}`),
  ).toEqual({
    file: '66:1234',
    sizeBytes: 12,
    offset: 6,
    bytes: Buffer.from('world\n'),
  })
})

test('an empty file is an empty piece, a missing one is none', () => {
  expect(parseLogChunk('file=66:1\nsize=0\noffset=0\n')?.bytes).toHaveLength(0)
  expect(parseLogChunk('absent=1\n')).toBeNull()
})

test('a link in place of a log is said to be one', () => {
  expect(() => parseLogChunk('link=1\n')).toThrow(
    expect.objectContaining({ code: 'HOST_COMMAND_FAILED', message: expect.stringContaining('link') }),
  )
})

test('an answer that is something else is an error, not an empty log', () => {
  expect(() => parseLogChunk('')).toThrow(expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }))
  expect(() => parseLogChunk('file=66:1\nsize=1\noffset=0\n<html>')).toThrow(
    expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }),
  )
})

/** Reads a whole log in pieces of `limit` bytes, as a page that follows it does. */
function readInPieces(log: Buffer, limit: number): string {
  let text = ''
  for (let offset = 0; offset < log.length; ) {
    const piece = toLogText({ offset, bytes: log.subarray(offset, offset + limit) })
    expect(piece.offset).toBe(offset)
    expect(piece.nextOffset).toBeGreaterThan(offset)
    text += piece.text
    offset = piece.nextOffset
  }
  return text
}

/** Characters of one to four bytes. */
const ofEachLength = fc.constantFrom('a', '\n', 'é', '€', '😀')

test('a log read in pieces of any size is the same text, whatever characters it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: ofEachLength }), fc.integer({ min: 4, max: 40 }), (log, limit) => {
      const bytes = Buffer.from(log)
      expect(readInPieces(bytes, limit)).toBe(bytes.toString('utf8'))
    }),
  )
})

test('the end of a log begins at a whole character', () => {
  const bytes = Buffer.from('aé😀b')
  const tail = bytes.subarray(4)
  expect(toLogText({ offset: 4, bytes: tail })).toEqual({
    text: 'b',
    offset: 7,
    nextOffset: 8,
  })
})

test('bytes that are no UTF-8 are shown as such and do not stop the reader', () => {
  const bytes = Buffer.from([0x61, 0xff, 0x80, 0xc0, 0x62])
  expect(toLogText({ offset: 0, bytes })).toEqual({ text: 'a���b', offset: 0, nextOffset: 5 })
})
