/** Shorter ones would hide parts of other words; those that Understudy makes are longer. */
const lengthMin = 8
const shown = '••••••'

/** Hides the secrets that it was told of, wherever a text has them: what a host prints may hold one although nothing that we run does. */
export class SecretMask {
  readonly #values = new Set<string>()

  add(secret: string | null): void {
    if (secret !== null && secret.length >= lengthMin) this.#values.add(secret)
  }

  readonly hide = (text: string): string =>
    [...this.#values].reduce((masked, secret) => masked.replaceAll(secret, shown), text)
}
