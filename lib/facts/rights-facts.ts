import { z } from 'zod'
import { type Command, sh } from '@/lib/commands/command'
import { rootProgram } from '@/lib/commands/remote-shell'
import { rightsPath } from '@/lib/commands/root-rights'
import { unitOfProcess } from '@/lib/commands/systemd'
import { AppError } from '@/lib/errors'
import { parseAnswerLines } from '@/lib/facts/answer-lines'

/** What a login may do as root, by what sudo answers to it: exit codes, never its words. */
export type RightsFacts = {
  /** Everything. */
  readonly isUnrestricted: boolean
  /** `understudy-root`, which decides by what is written down. */
  readonly isPermitted: boolean
  /** Sums (SHA-256) of that program and of the rights of the pair; null where there is none. */
  readonly programSum: string | null
  readonly rightsSum: string | null
  /** The rights of the pair are not as we wrote them, whenever that was: somebody has changed them. */
  readonly isChanged: boolean
  /** Whose rights they are by their first line; null where there are none. */
  readonly login: string | null
}

/** Lines `key value`. Any login user may ask; it is told by exit codes alone (77 is the program's own refusal). */
export const rightsQuestion = (slug: string): Command =>
  sh`sum() { [ ! -e "$2" ] || echo "$1 $(sha256sum <"$2" | cut -d' ' -f1)"; }
sum program ${rootProgram}
sum rights ${rightsPath(slug)}
said=$(sed -n '/^# sum: /{s///p;q}' ${rightsPath(slug)} 2>/dev/null)
login=$(sed -n '1s/^# login: //p' ${rightsPath(slug)} 2>/dev/null)
[ -z "$login" ] || echo "login $login"
[ -z "$said" ] || [ "$said" = "$(sed '/^# sum: /d' ${rightsPath(slug)} | sha256sum | cut -d' ' -f1)" ] || echo 'changed yes'
sudo -n true >/dev/null 2>&1 && echo 'unrestricted yes'
if [ -x ${rootProgram} ]; then
  sudo -n -- ${rootProgram} understudy-probe true >/dev/null 2>&1
  case $? in 0|77) echo 'permitted yes' ;; esac
fi
echo 'end yes'`

const sum = z.string().regex(/^[0-9a-f]{64}$/)

/** Parses `rightsQuestion`. Throws HOST_COMMAND_FAILED where the answer is not whole. */
export function parseRightsFacts(stdout: string): RightsFacts {
  const answers = parseAnswerLines(stdout)
  const sumOf = (name: string) => sum.nullable().safeParse(answers.get(name)?.[0] ?? null)
  const [program, rights] = [sumOf('program'), sumOf('rights')]
  if (!answers.has('end') || !program.success || !rights.success)
    throw new AppError('HOST_COMMAND_FAILED', 'The host did not say what its login may do as root.', {
      fix: 'Try again; see that sha256sum and cut (coreutils) are installed there.',
      detail: stdout.slice(0, 300),
    })
  return {
    isUnrestricted: answers.has('unrestricted'),
    isPermitted: answers.has('permitted'),
    programSum: program.data,
    rightsSum: rights.data,
    isChanged: answers.has('changed'),
    login: answers.get('login')?.[0] ?? null,
  }
}

/** Where PostgreSQL is by the process table alone, which every login user sees; exit code 44 where none runs. */
export const postgresProcessQuestion = (osUser: string): Command =>
  sh`p=$(pgrep -o -u ${osUser} -x 'postgres|postmaster') || exit 44
d= c= b= previous=
while IFS= read -r word; do
  [ -n "$b" ] || b=$word
  [ "$previous" != -D ] || d=$word
  case $word in config_file=*) c=\${word#config_file=} ;; esac
  previous=$word
done <<words
$(tr '\\0' '\\n' <"/proc/$p/cmdline")
words
${unitOfProcess}
[ -n "$c" ] || c=$d/postgresql.conf
echo "bin $(dirname -- "$(readlink -f -- "$b")")"
echo "config $c"
echo "unit $u"
echo "start $(sed -n 's/#.*//; s/[[:space:]]*$//; /^[a-z]/{p;q}' "$(dirname -- "$c")/start.conf" 2>/dev/null)"`

const processFacts = z.object({
  binDirectory: z.string().startsWith('/'),
  configFile: z.string().startsWith('/'),
  unit: z.string().nullable(),
  startConf: z.string().nullable(),
})
export type PostgresProcess = z.infer<typeof processFacts>

/** Parses `postgresProcessQuestion`; null where the process does not say where it lies. */
export function parsePostgresProcess(stdout: string): PostgresProcess | null {
  const answers = parseAnswerLines(stdout)
  const answer = (name: string) => answers.get(name)?.[0] || null
  const parsed = processFacts.safeParse({
    binDirectory: answer('bin'),
    configFile: answer('config'),
    unit: answer('unit'),
    startConf: answer('start'),
  })
  return parsed.success ? parsed.data : null
}
