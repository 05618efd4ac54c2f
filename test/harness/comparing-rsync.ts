/**
 * A stand-in for rsync that does to two folders what `understudy-verify` asks of the real one: lists one (`-rn`), compares both by what is in
 * their files (`--dry-run`), or brings what differs (`--checksum`). `primary` is the folder that the primary would send. Each comparison
 * is noted in `noted` with its priorities and the names that its rules let through. Names of one line alone; the real one is proved in the lab.
 */
export const comparingRsync = (primary: string, noted: string): string => `rules= last= target=
for word; do
  case $word in --include-from=*) rules=\${word#*=} ;; esac
  from=$last last=$word
done
is_let_through() {
  while IFS= read -r rule; do
    rule=\${rule#+ }
    [ "$rule" != '- *' ] || return 1
    case "/$1" in $rule) return 0 ;; esac
  done <"$rules"
  return 1
}
files() { cd "$1" && find . -type f ! -path './.understudy-bin-*' -printf '%P\\n'; }
case " $* " in
  *' -rn '*)
    cd "$from" && find . -type f ! -path './.understudy-bin-*' -printf '>f+++++++++ %s %P\\n'
    exit ;;
esac
[ ! -e '${noted}.fails' ] || { cat '${noted}.fails' >&2; exit 12; }
asked=
files '${primary}' | while IFS= read -r name; do
  [ -e "$last$name" ] && is_let_through "$name" || continue
  case " $* " in
    *' --dry-run '*)
      printf '%s\\n' "$name" >>'${noted}'
      [ "$(stat -c %s "${primary}/$name")" = "$(stat -c %s "$last$name")" ] && size=. || size=s
      [ "$(stat -c %Y "${primary}/$name")" = "$(stat -c %Y "$last$name")" ] && time=. || time=t
      if cmp -s "${primary}/$name" "$last$name"; then item=.f..$time......; else item='>fc'$size$time......; fi
      printf '%s %s %s %s\\n' "$item" "$(stat -c %s "${primary}/$name")" "$(TZ=UTC0 date -d "@$(stat -c %Y "${primary}/$name")" +%Y/%m/%d-%H:%M:%S)" "$name" ;;
    *) cmp -s "${primary}/$name" "$last$name" || { cp -p "${primary}/$name" "$last$name"; echo ">fc........ 1"; } ;;
  esac
done
case " $* " in *' --dry-run '*) { ps -o ni= -p $$; ionice -p $$; } >'${noted}.priority' ;; *) printf '%s\\n' "$@" >'${noted}.given' ;; esac`
