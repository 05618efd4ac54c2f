/** Hashing of users' passwords; `lib/auth` implements it. */
export type Passwords = {
  /** An argon2id PHC string. */
  hash(password: string): Promise<string>
}
