const mask = '********'

/**
 * A line of somebody else's without what looks like a secret in it: the value of a variable or option that is called so, a password for
 * sshpass(1), one in an address. A line is shown and kept only after this.
 */
export const maskSecrets = (line: string): string =>
  line
    .replace(
      /((?:^|[\s;"'(-])[A-Za-z_-]*(?:password|passwd|passphrase|secret|token|api_?key)(?!-file)[A-Za-z_-]*\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s;"']+)/gi,
      (whole, name: string, value: string) =>
        /[-_]file\s*=/i.test(name) ? whole : `${name}${keepQuotes(value)}`,
    )
    .replace(
      /(\bsshpass\s+(?:-\w\s+\S+\s+)*-p\s*)("[^"]*"|'[^']*'|\S+)/g,
      (_, name: string, value: string) => `${name}${keepQuotes(value)}`,
    )
    .replace(/(:\/\/[^\s:/@]*):[^\s@/]*@/g, `$1:${mask}@`)

const keepQuotes = (value: string): string => {
  const quote = /^["']/.exec(value)?.[0] ?? ''
  return `${quote}${mask}${quote}`
}
