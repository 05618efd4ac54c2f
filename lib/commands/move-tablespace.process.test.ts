import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Command } from '@/lib/commands/command'
import { moveExitCodes } from '@/lib/commands/move-directory'
import { bringTablespaceBack, findTablespacePlaced, placeTablespace } from '@/lib/commands/move-tablespace'
import { tablespacePlan } from '@/lib/domain/tablespace-plan'
import { parseTablespacePlaces, tablespacePlacesQuestion } from '@/lib/facts/tablespace-places'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "understudy's spaces "))
})
afterEach(() => rmSync(folder, { recursive: true }))

const shell = (text: string) =>
  spawnSync('/bin/sh', ['-c', text], {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', NODE_ENV: 'test' },
    encoding: 'utf8',
  })

/** Runs it; the process is killed when it comes to more than `movesMax` of mv(1), ln(1) and rmdir(1). Its exit code. */
function run({ text }: Command, movesMax = 9_999): number | null {
  const wrapped = ['mv', 'ln', 'rmdir'].map(
    (name) => `${name}() { [ "$left" -gt 0 ] || kill -s KILL $$; left=$((left - 1)); command ${name} "$@"; }`,
  )
  return shell(`left=${movesMax}\n${wrapped.join('\n')}\n${text}`).status
}

function put(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

/** A tablespace with old content, something of somebody else’s, a copy, and the link of the copied data. */
function ground() {
  const location = join(folder, `fast ${crypto.randomUUID()}`)
  const plan = tablespacePlan({ name: 'fast', oid: '16400', location }, '0a1b2c3d')
  const link = `${location}.data/pg_tblspc/16400`
  put(join(location, 'PG_15_2022/5/1'), 'old')
  put(join(location, 'of somebody'), 'else')
  put(join(plan.copy, 'PG_15_2022/5/1'), 'new')
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(plan.copy, link)
  const look = () => ({
    names: readdirSync(location).sort(),
    content: readFileSync(join(location, 'PG_15_2022/5/1'), 'utf8'),
    link: readlinkSync(link),
  })
  return { location, plan, link, look, before: look() }
}

test('a tablespace takes the copy’s content and gets the old back, wherever either is cut off', () => {
  for (let cut = 0; cut < 8; cut += 1) {
    const { location, plan, link, look, before } = ground()
    const place = placeTablespace(plan, link)
    run(place, cut)
    expect([run(place), run(place)]).toEqual([0, 0])
    expect(run(findTablespacePlaced(plan, link))).toBe(0)
    expect(look()).toEqual({
      names: ['.understudy-0a1b2c3d', 'PG_15_2022', 'of somebody'],
      content: 'new',
      link: location,
    })
    expect(readFileSync(join(plan.aside, 'PG_15_2022/5/1'), 'utf8')).toBe('old')
    const back = bringTablespaceBack(plan, link)
    run(back, cut)
    expect([run(back), run(back)]).toEqual([0, 0])
    expect(run(findTablespacePlaced(plan, link))).not.toBe(0)
    expect(look()).toEqual(before)
  }
})

test('a place cut off at any move is taken back from there, without being finished first', () => {
  for (let cut = 0; cut < 6; cut += 1) {
    const { plan, link, look, before } = ground()
    run(placeTablespace(plan, link), cut)
    expect(run(bringTablespaceBack(plan, link))).toBe(0)
    expect(look(), `${cut} moves`).toEqual(before)
  }
})

test('what somebody put there meanwhile is not written over', () => {
  const { location, plan, link } = ground()
  run(placeTablespace(plan, link), 2)
  put(join(location, 'PG_15_2022/5/1'), 'of somebody')
  expect(run(placeTablespace(plan, link))).toBe(moveExitCodes.taken)
  expect(readFileSync(join(location, 'PG_15_2022/5/1'), 'utf8')).toBe('of somebody')
  expect(existsSync(join(plan.copy, 'PG_15_2022/5/1'))).toBe(true)
})

test('places are told in their order, with any name', () => {
  const hostile = join(folder, "it's $(touch x)")
  mkdirSync(hostile)
  const paths = [hostile, join(folder, 'none')]
  const found = parseTablespacePlaces(paths, shell(tablespacePlacesQuestion(paths).text).stdout)
  expect(found).toMatchObject([
    { path: hostile, isDirectory: true, isWritable: true },
    { path: paths[1], isDirectory: false, isWritable: false },
  ])
  expect(found[1]?.freeBytes).toBeGreaterThan(0)
  expect(() => parseTablespacePlaces(paths, 'yes\tyes\t1\t2\n')).toThrow('not known')
})
