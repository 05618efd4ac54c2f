import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const program = `${root}bin/understudy`

test('a reader that goes away before the output ends the program without a word', async () => {
  const child = spawn(program, ['operations', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  expect(await once(child, 'close')).toEqual([0, null])
  expect(said).toBe('')
})

test.each(['understudy', 'run.mjs', 'test.mjs'])('bin/%s says in one line that Node is too old', (name) => {
  const versions = JSON.stringify({ ...process.versions, node: '20.18.3' })
  const older = `Object.defineProperty(process, 'versions', { value: ${versions} })`
  const args = ['--import', `data:text/javascript,${encodeURIComponent(older)}`, `bin/${name}`, '--help']
  // Without programs to be found: nothing could be installed or run if it went on.
  const env = { NODE_ENV: 'test', PATH: '' } as const
  expect(spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' })).toMatchObject({
    status: 1,
    stdout: '',
    stderr: 'understudy: Node 20.19 or newer is needed, this is 20.18.3.\n',
  })
})
