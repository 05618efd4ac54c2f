import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { quote } from '@/lib/commands/command'
import { FrameReader, frameQuestion } from '@/lib/io/ssh/frame'

let shell: ReturnType<typeof start>
const start = () => spawn('/bin/sh', ['-s'], { stdio: ['pipe', 'pipe', 'pipe'] })
let count = 0

/** Asks one real kept shell. */
async function ask(text: string): Promise<{ exitCode: number; stdout: Buffer; stderr: Buffer }> {
  count += 1
  const mark = `mark-${count}`
  const read = (stream: NodeJS.ReadableStream) =>
    new Promise<{ body: Buffer; exitCode: number }>((resolve) => {
      const reader = new FrameReader(mark)
      const onData = (chunk: Buffer) => {
        const answer = reader.push(chunk)
        if (!answer) return
        stream.off('data', onData)
        resolve(answer)
      }
      stream.on('data', onData)
    })
  const answers = Promise.all([read(shell.stdout), read(shell.stderr)])
  shell.stdin.write(frameQuestion(text, mark))
  const [out, err] = await answers
  return { exitCode: out.exitCode, stdout: out.body, stderr: err.body }
}

beforeAll(() => {
  shell = start()
})
afterAll(async () => {
  shell.stdin.end()
  await once(shell, 'exit')
})

test('an answer is exact: both streams, no newline added or lost, and the exit code', async () => {
  const answer = await ask('printf "a\\n\\n"; printf b >&2; exit 42')
  expect(answer).toEqual({ exitCode: 42, stdout: Buffer.from('a\n\n'), stderr: Buffer.from('b') })
  expect(await ask(':')).toEqual({ exitCode: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) })
})

test('nothing a question does harms the next one', async () => {
  const { pid } = shell
  for (const text of [
    'exit 3',
    'if (',
    "echo 'open",
    'cat',
    'read x',
    'exec false',
    'cd /; x=1; set -e; false',
  ])
    await ask(text)
  expect((await ask('echo "$x"; pwd')).stdout.toString()).toBe(`\n${process.cwd()}\n`)
  expect(shell.pid).toBe(pid)
})

test('an answer that looks like the end of another is no end', async () => {
  const text = `printf '%s\\n' ${quote(`\nmark-${count} 0`)} ${quote('\nmark- 0')}`
  expect((await ask(text)).stdout.toString()).toBe(`\nmark-${count - 1} 0\n\nmark- 0\n`)
})

test('any bytes come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const octal = [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
      expect((await ask(`printf ${quote(octal)}`)).stdout.equals(Buffer.from(bytes))).toBe(true)
    }),
    { numRuns: 50 },
  )
  const long = (await ask('head -c 3000000 /dev/zero')).stdout
  expect(long.length).toBe(3_000_000)
})

test('the end is found wherever the stream is cut into pieces', () => {
  const whole = Buffer.from('body\nwith lines\n\nM 17\n')
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length), { maxLength: 6 }), (cuts) => {
      const reader = new FrameReader('M')
      const points = [0, ...cuts.sort((a, b) => a - b), whole.length]
      const answers = points.slice(1).map((end, index) => {
        const piece = whole.subarray(points[index], end)
        return piece.length === 0 ? null : reader.push(piece)
      })
      const found = answers.filter((answer) => answer !== null)
      expect(found).toEqual([{ body: Buffer.from('body\nwith lines\n'), exitCode: 17 }])
    }),
  )
})
