import { expect, test } from 'vitest'
import { hostPlaces, pairPlaces } from '@/lib/domain/host-places'

test('root keeps our files in the system’s directories, whether it signs in itself or by sudo', () => {
  const root = hostPlaces({ privilege: 'root', user: 'root', home: '/root' })
  expect(root).toMatchObject({ keeper: 'root', owner: 'root:root', state: '/var/lib/understudy' })
  expect(hostPlaces({ privilege: 'sudo', user: 'operator', home: '/home/operator' })).toEqual(root)
})

test('an unprivileged login user keeps and owns them below its home', () => {
  const places = pairPlaces({ privilege: 'unprivileged', user: 'phantom', home: '/home/phantom' }, 'soar')
  expect(places).toEqual({
    slug: 'soar',
    keeper: 'login',
    owner: 'phantom:',
    programs: '/home/phantom/.understudy/lib',
    settings: '/home/phantom/.understudy/etc',
    state: '/home/phantom/.understudy/state',
  })
  expect(hostPlaces({ privilege: 'unprivileged', user: 'app', home: '/' }).state).toBe('/.understudy/state')
})
