import { patient } from '@/bench/pair/bench-pair'
import type { LabHost } from '@/lab/lab-host'

/** The transcript of a pair of the lab's profile: a log that every pair has. */
export const logId = 'warm-standby'
export const logPath = '/var/log/ledger/warm_standby.log'

/** What stands once in the file, in its middle, and what stands in its last line before anything is appended. */
export const needle = 'the needle in the middle'
export const lastWords = 'the last line of the large log'

const make = `my ($bytes) = @ARGV;
my ($size, $n, $is_told) = (0, 0, 0);
while ($size < $bytes) {
  my $line = sprintf "2026/11/23 03:%02d:%02d [4711] >f+++++++++ %d vault/%06d/entry-%09d.json\\n", $n / 60 % 60, $n % 60, $n % 15000, $n / 1000, $n;
  $line = "2026/11/23 03:00:00 [4711] ${needle}\\n" if !$is_told && $size > $bytes / 2 && ($is_told = 1);
  print $line; $size += length $line; $n++;
}
print "${lastWords}\\n";`

/** A log of so many bytes in lines as rsync writes them. */
export const makeLog = (host: LabHost, bytes: number): Promise<string> =>
  host.exec(
    `mkdir -p /var/log/ledger && perl -e '${make}' ${bytes} >${logPath} && sync -f ${logPath}`,
    patient,
  )

const linesAtOnce = 650

const append = `$| = 1; my $n = 0;
while (1) {
  print join "", map { sprintf "2026/11/23 04:00:00 [4711] >f+++++++++ 8192 vault/appended/entry-%09d.json\\n", $n++ } 1 .. ${linesAtOnce};
  select undef, undef, undef, 0.05;
}`

/** Has about 1 MB of lines a second appended, until what it returns is called. */
export async function startAppending(host: LabHost): Promise<() => Promise<void>> {
  const pid = Number(await host.exec(`perl -e '${append}' >>${logPath} 2>/dev/null </dev/null & echo $!`))
  return async () => {
    await host.exec(`kill ${pid}`)
  }
}
