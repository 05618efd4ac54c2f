const breaking = /[\p{Cc}\p{Zl}\p{Zp}]/u

/** Whether a text can stand in one line of a file, a log or a table: no line break and no other control character. */
export const isOneLine = (text: string): boolean => !breaking.test(text)

/** The same text so that it can: what would break the line is written as JSON writes it, e.g. `\u000a`. */
export const asOneLine = (text: string): string =>
  text.replace(
    new RegExp(breaking, 'gu'),
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
