import { createHash, createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { scramVerifier } from '@/lib/io/secrets/scram-verifier'

/** The exchange printed in RFC 7677, section 3: user `user`, password `pencil`. */
const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
const authMessage = [
  'n=user,r=rOprNGfwEbeRWgbNEkqO',
  'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
].join(',')

const keysOf = (verifier: string) => {
  const [stored = '', server = ''] = (verifier.split('$')[2] ?? '').split(':')
  return { stored: Buffer.from(stored, 'base64'), server: Buffer.from(server, 'base64') }
}
const sign = (key: Buffer) => createHmac('sha256', key).update(authMessage).digest()

test('a verifier accepts the client proof and gives the server signature of RFC 7677', () => {
  const keys = keysOf(scramVerifier('pencil', salt, 4096))
  expect(sign(keys.server).toString('base64')).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')
  const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64')
  const mask = sign(keys.stored)
  const clientKey = Buffer.from(proof.map((byte, index) => byte ^ (mask[index] ?? 0)))
  expect(createHash('sha256').update(clientKey).digest().equals(keys.stored)).toBe(true)
})

test('a verifier names its form, its iterations and a new salt each time', () => {
  const first = scramVerifier('pencil')
  expect(first).toMatch(/^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/)
  expect(scramVerifier('pencil')).not.toBe(first)
})

test('a password that would have to be prepared is refused instead of stored wrongly', () => {
  expect(() => scramVerifier('pässword')).toThrow(RangeError)
})
