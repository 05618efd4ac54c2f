import { describe, expect, test } from 'vitest'
import {
  drillOfSentinel,
  drillPlaces,
  drillPort,
  drillSentinel,
  isDrillRoot,
  parentOf,
  socketDirectoryMax,
} from '@/lib/domain/drill-places'

const fast = { name: 'fast', oid: '16400', location: '/srv/fast' }
const given = {
  directory: '/var/lib/postgresql/15/main',
  chosen: null,
  tablespaces: [fast],
  mark: '0a1b2c3d',
}

describe('what a drill makes', () => {
  test('lies beside the data, and of a tablespace within its own directory: each on its file system', () => {
    const root = '/var/lib/postgresql/15/main.understudy-0a1b2c3d-drill'
    const own = '/srv/fast/.understudy-0a1b2c3d-drill'
    expect(drillPlaces(given)).toEqual({
      root,
      data: `${root}/data`,
      tablespaces: [{ ...fast, root: own, copy: `${own}/content` }],
      roots: [own, root],
    })
  })

  test('lies where the operator wants it', () => {
    const { root } = drillPlaces({ ...given, chosen: '/srv/drills' })
    expect(root).toBe('/srv/drills/main.understudy-0a1b2c3d-drill')
    expect(parentOf(root)).toBe('/srv/drills')
    expect(parentOf('/main.understudy-0a1b2c3d-drill')).toBe('/')
  })

  test('is known by its name, and nothing else is', () => {
    for (const path of drillPlaces(given).roots) expect(isDrillRoot(path)).toBe(true)
    for (const path of [
      given.directory,
      `${given.directory}.understudy-0a1b2c3d`,
      `${given.directory}.understudy-0a1b2c3d-copy`,
      `${given.directory}.understudy-0a1b2c3d-drill/data`,
      '/',
      '',
    ])
      expect(isDrillRoot(path)).toBe(false)
  })

  test('says of which operation it is', () => {
    const id = '0a1b2c3d-0000-4000-8000-000000000000'
    expect(drillOfSentinel(drillSentinel(id))).toBe(id)
    for (const line of ['', id, 'Understudy drill, operation', `Understudy drill, operation ${id} `])
      expect(drillOfSentinel(line)).toBeNull()
  })
})

test('the copy’s port is another one than the standby’s, whatever that is', () => {
  for (const port of [1, 5432, 65_534, 65_535]) {
    expect(drillPort(port)).not.toBe(port)
    expect(drillPort(port)).toBeLessThanOrEqual(65_535)
  }
  expect('x'.repeat(socketDirectoryMax).length + '/.s.PGSQL.65535'.length).toBe(107)
})
