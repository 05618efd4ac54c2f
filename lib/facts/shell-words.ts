/**
 * A command line as sh(1) would take it apart, as far as that can be told without running it: simple commands, each a list of its
 * words. Quotes and backslashes are taken away; `;`, `&`, `|`, brackets and line ends part commands; a redirection and where it goes are no
 * word of a command. Of variables only those in `variables` are known: another stays as it is written, `$NAME`.
 */
export function shellCommands(
  text: string,
  variables: ReadonlyMap<string, string> = new Map(),
): readonly (readonly string[])[] {
  const reader = new Reader(text, variables)
  return reader.read().filter((words) => words.length > 0)
}

const partings = ';&|(){}\n'

class Reader {
  #at = 0
  #word: string | null = null
  #isAfterRedirection = false
  #words: string[] = []
  readonly #commands: string[][] = []

  constructor(
    private readonly text: string,
    private readonly variables: ReadonlyMap<string, string>,
  ) {}

  read(): readonly string[][] {
    while (this.#at < this.text.length) this.#step(this.text[this.#at] ?? '')
    this.#endCommand()
    return this.#commands
  }

  #step(char: string): void {
    this.#at += 1
    if (char === "'") this.#add(this.#upTo("'"))
    else if (char === '"') this.#add(this.#quoted())
    else if (char === '\\') this.#escape()
    else if (char === '$') this.#add(this.#variable())
    else if (char === ' ' || char === '\t') this.#endWord()
    else if (char === '#' && this.#word === null) this.#upTo('\n')
    else if (char === '<' || char === '>') this.#redirect()
    else if (partings.includes(char) && !this.#isInWord(char)) this.#endCommand()
    else this.#add(char)
  }

  /** `a{b,c}` is a word, `{ a; }` is not; `2>&1` names a descriptor. */
  #isInWord(char: string): boolean {
    return (char === '{' || char === '}') && this.#word !== null
  }

  #add(more: string): void {
    this.#word = (this.#word ?? '') + more
  }

  #upTo(end: string): string {
    const found = this.text.indexOf(end, this.#at)
    const to = found < 0 ? this.text.length : found
    const part = this.text.slice(this.#at, to)
    this.#at = to + 1
    return part
  }

  #escaped(): string {
    const char = this.text[this.#at] ?? ''
    this.#at += 1
    return char === '\n' ? '' : char
  }

  /** A backslash at a line's end is no word. */
  #escape(): void {
    const char = this.#escaped()
    if (char !== '') this.#add(char)
  }

  #quoted(): string {
    let part = ''
    while (this.#at < this.text.length) {
      const char = this.text[this.#at] ?? ''
      this.#at += 1
      if (char === '"') return part
      if (char === '$') part += this.#variable()
      else if (char === '\\' && '"\\$`'.includes(this.text[this.#at] ?? ' ')) part += this.#escaped()
      else part += char
    }
    return part
  }

  #variable(): string {
    const [whole, inBraces, plain] = /^(?:\{(\w+)\}|(\w+))/.exec(this.text.slice(this.#at)) ?? []
    if (whole === undefined) return '$'
    this.#at += whole.length
    return this.variables.get(inBraces ?? plain ?? '') ?? `$${whole}`
  }

  /** The descriptor before it, and the file behind it, are no words of the command. */
  #redirect(): void {
    if (this.#word !== null && /^\d+$/.test(this.#word)) this.#word = null
    this.#endWord()
    while ('<>&'.includes(this.text[this.#at] ?? ' ')) this.#at += 1
    this.#isAfterRedirection = true
  }

  #endWord(): void {
    if (this.#word === null) return
    if (!this.#isAfterRedirection) this.#words.push(this.#word)
    this.#isAfterRedirection = false
    this.#word = null
  }

  #endCommand(): void {
    this.#endWord()
    this.#isAfterRedirection = false
    this.#commands.push(this.#words)
    this.#words = []
  }
}
