/**
 * SQL that gives a connection string without its passwords, so that none ever leaves its host. Both forms that libpq reads are masked
 * (PostgreSQL documentation 34.1.1): `password=…` among keywords and among the parameters of a URI, where a value may be quoted or have
 * characters escaped by a backslash, and `user:password@` of a URI.
 *
 * `text`: an SQL expression of type text. It relies on standard_conforming_strings, which is on since PostgreSQL 9.1.
 */
export const maskedConninfo = (text: string): string =>
  `regexp_replace(regexp_replace(${text}, '(password\\s*=\\s*)(''([^''\\\\]|\\\\.)*''|([^''&\\s\\\\]|\\\\.)+)', '\\1********', 'gi'), '(://[^:/@[:space:]]*):[^@[:space:]]*@', '\\1:********@', 'g')`
