/** Fields that people are asked for, alike in every form. `autoComplete` is by the HTML standard (4.10.18.7), for password managers. */
export const personFields = {
  email: { name: 'email', label: 'E-mail', type: 'email', autoComplete: 'username' },
  password: { name: 'password', label: 'Password', type: 'password', autoComplete: 'current-password' },
  newPassword: {
    name: 'password',
    label: 'Password',
    type: 'password',
    autoComplete: 'new-password',
    hint: 'At least 12 characters; a few words are good.',
  },
} as const
