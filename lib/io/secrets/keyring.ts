import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { AppError } from '@/lib/errors'

/** Where a secret stands in the store: part of what is authenticated, so that it can't be moved elsewhere. */
type SecretPlace = { readonly table: string; readonly row: string; readonly column: string }

export type Keyring = {
  /** Encrypts for one place; the answer is text that says which key it needs. */
  seal(clear: string, place: SecretPlace): string
  /** Throws SECRET_UNREADABLE: key not here, value changed, or value of another place. */
  open(sealed: string, place: SecretPlace): string
  /** 32 bytes for another purpose (session signing …), always the same for a label; never the key itself. */
  derive(label: string): Buffer
}

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
const version = 'v1'

type Key = { readonly id: string; readonly material: Buffer; readonly sealing: Buffer }

const expand = (material: Buffer, label: string): Buffer =>
  Buffer.from(hkdfSync('sha256', material, Buffer.alloc(0), `understudy ${label}`, keyBytes))

function toKey(material: Buffer): Key {
  if (material.length !== keyBytes)
    throw new AppError('SECRET_UNREADABLE', 'The master key is not 32 bytes long.', {
      fix: 'Put the original master key file back; a key made anew can’t open what the old one sealed.',
    })
  const id = createHash('sha256').update(expand(material, 'key id')).digest('hex').slice(0, 12)
  return { id, material, sealing: expand(material, 'secrets') }
}

const associatedData = (place: SecretPlace): Buffer =>
  Buffer.from(JSON.stringify([version, place.table, place.row, place.column]))

const unreadable = (detail: string, cause?: unknown) =>
  new AppError('SECRET_UNREADABLE', 'A secret in the store cannot be opened.', {
    fix: 'Start Understudy with the master key file that this store was made with, or enter the secret again.',
    detail,
    cause,
  })

/**
 * AES-256-GCM (NIST SP 800-38D: random 96-bit nonce, 128-bit tag). The first key seals, all of them open, so a new
 * master key is put in front of the old one. Value: `v1.<key id>.<nonce>.<tag>.<text>`, base64url.
 */
export function createKeyring(masterKeys: readonly [Buffer, ...Buffer[]]): Keyring {
  const current = toKey(masterKeys[0])
  const keys = new Map([current, ...masterKeys.slice(1).map(toKey)].map((key) => [key.id, key]))

  function seal(clear: string, place: SecretPlace): string {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', current.sealing, nonce, { authTagLength: tagBytes })
    cipher.setAAD(associatedData(place))
    const text = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()])
    return [
      version,
      current.id,
      ...[nonce, cipher.getAuthTag(), text].map((part) => part.toString('base64url')),
    ].join('.')
  }

  function open(sealed: string, place: SecretPlace): string {
    const [format, keyId, nonce, tag, text, ...rest] = sealed.split('.')
    if (format !== version || !nonce || !tag || text === undefined || rest.length > 0)
      throw unreadable('not a sealed value')
    const key = keys.get(keyId ?? '')
    if (!key) throw unreadable(`sealed with key ${keyId}, here are ${[...keys.keys()].join(', ')}`)
    try {
      const decipher = createDecipheriv('aes-256-gcm', key.sealing, Buffer.from(nonce, 'base64url'), {
        authTagLength: tagBytes,
      })
      decipher.setAAD(associatedData(place))
      decipher.setAuthTag(Buffer.from(tag, 'base64url'))
      return Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]).toString(
        'utf8',
      )
    } catch (cause) {
      throw unreadable(`authentication failed for ${place.table}.${place.column}`, cause)
    }
  }

  return { seal, open, derive: (label) => expand(current.material, `derived ${label}`) }
}
