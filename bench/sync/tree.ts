import { patient } from '@/bench/pair/bench-pair'
import type { Workload } from '@/bench/sync/options'
import type { LabHost } from '@/lab/lab-host'

const root = '/srv/bench'
/** Where the workload lies on the primary, and is copied to on the standby. */
export const treeOf = (workload: Workload): string => (workload === 'both' ? root : `${root}/${workload}`)

/** Bytes that no cipher and no checksum finds anything in to save. */
const makeSmall = `srand 1; open my $random, "<", "/dev/urandom" or die;
for my $d (0 .. 199) {
  my $folder = sprintf "small/d%03d", $d; mkdir $folder or die;
  for my $f (0 .. 99) {
    read $random, my $bytes, 1000 + int rand 14000;
    open my $file, ">", sprintf "%s/f%05d", $folder, $d * 100 + $f or die; print $file $bytes; close $file;
  }
}`

export async function makeTrees(primary: LabHost): Promise<void> {
  await primary.exec(
    `mkdir -p ${root}/small ${root}/large && cd ${root} && perl -e '${makeSmall}' &&
     for n in 0 1 2 3 4 5 6 7 8 9; do head -c 100000000 /dev/urandom >large/f$n || exit 1; done`,
    patient,
  )
}

/** One per cent of both: of the small files every hundredth, another one each time; of each large one its last megabyte. */
export async function changeTrees(primary: LabHost, time: number): Promise<void> {
  await primary.exec(
    `cd ${root} || exit 1
     for folder in small/d*; do
       file=$folder/$(ls $folder | sed -n '${(time % 100) + 1}p')
       head -c $(stat -c %s $file) /dev/urandom >$file || exit 1
     done
     for file in large/f*; do
       head -c 1000000 /dev/urandom | dd of=$file conv=notrunc oflag=seek_bytes seek=99000000 bs=1M iflag=fullblock status=none || exit 1
     done
     sync -f ${root}`,
    patient,
  )
}

/** A sum of every name and size, of all small files, and of what of the large ones is ever changed: equal on both hosts after a copy. */
export const sumOf = (host: LabHost, tree: string): Promise<string> =>
  host.exec(
    `cd ${tree} && { find . -type f ! -name '.understudy-*' -printf '%P %s\\n' | sort
     find . -type f ! -name '.understudy-*' -size -100k -print0 | sort -z | xargs -0r cat
     find . -type f -size +100k -print0 | sort -z | xargs -0r -n 1 tail -c 1000000; } | sha256sum`,
    patient,
  )

/** Files of a directory each, as many as there are; by name and size alone they are no work to copy. */
const makeMany = `my ($folders, $files) = @ARGV;
for my $d (1 .. $folders) {
  my $folder = sprintf "d%04d", $d; mkdir $folder or die;
  for my $f (1 .. $files) {
    open my $file, ">", sprintf "%s/f%04d", $folder, $f or die; print $file "x" x (($d * 7 + $f) % 3000); close $file;
  }
}`

export const millionPath = '/srv/million'

/** A thousand directories of a thousand files of up to 3 kB. */
export const makeMillion = (primary: LabHost): Promise<string> =>
  primary.exec(
    `mkdir ${millionPath} && cd ${millionPath} && perl -e '${makeMany}' 1000 1000 && sync -f .`,
    patient,
  )
