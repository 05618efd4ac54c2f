import { quote } from '@/lib/commands/command'

/** Where PostgreSQL listens: its unix socket, or a port on the host's own loopback. */
export type SocketTarget =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly port: number }

/** Exit codes of the bridge; anything else comes from before it (sudo, the login shell). */
export const bridgeExitCodes = { noTool: 69, notConnected: 68, notPermitted: 77 } as const

const perl = `use strict; use Socket;
my ($kind, $where) = @ARGV; my $ok;
if ($kind eq "unix") { $ok = socket(S, PF_UNIX, SOCK_STREAM, 0) && connect(S, sockaddr_un($where)); }
else { $ok = socket(S, PF_INET, SOCK_STREAM, 6) && connect(S, sockaddr_in($where, inet_aton("127.0.0.1"))); }
if (!$ok) { exit($!{EACCES} ? ${bridgeExitCodes.notPermitted} : ${bridgeExitCodes.notConnected}); }
sub pump { my ($in, $out) = @_; my ($b, $n, $w);
  while ($n = sysread($in, $b, 65536)) { my $o = 0; while ($o < $n) { $w = syswrite($out, $b, $n - $o, $o); return unless $w; $o += $w; } } }
$SIG{PIPE} = "IGNORE"; my $pid = fork(); exit ${bridgeExitCodes.notConnected} unless defined $pid;
if ($pid == 0) { pump(*STDIN, *S); shutdown(S, 1); exit 0; }
pump(*S, *STDOUT); kill "TERM", $pid; exit 0;`

const python = `import os, socket, sys, threading
kind, where = sys.argv[1:3]
try:
    if kind == "unix":
        s = socket.socket(socket.AF_UNIX); s.connect(where)
    else:
        s = socket.create_connection(("127.0.0.1", int(where)))
except PermissionError:
    os._exit(${bridgeExitCodes.notPermitted})
except OSError:
    os._exit(${bridgeExitCodes.notConnected})
def up():
    while True:
        b = os.read(0, 65536)
        if not b: break
        s.sendall(b)
    s.shutdown(socket.SHUT_WR)
threading.Thread(target=up, daemon=True).start()
while True:
    b = s.recv(65536)
    if not b: break
    while b: b = b[os.write(1, b):]
os._exit(0)`

/** What can bridge, in the order of preference; perl-base is on every Debian, Python on every Red Hat. */
const bridgeTools = ['perl', 'python3', '/usr/libexec/platform-python'] as const

/**
 * A program that connects to PostgreSQL on its own host and passes bytes between that socket and its standard streams,
 * run as the OS user whom peer authentication is to see (PostgreSQL documentation, 20.9 Peer Authentication).
 */
export function buildSocketBridge(target: SocketTarget, tools: readonly string[] = bridgeTools): string {
  const place = target.kind === 'unix' ? `unix ${quote(target.path)}` : `tcp ${target.port}`
  const attempts = tools.map((tool) => {
    const program = tool === 'perl' ? `-MErrno -e ${quote(perl)} --` : `-c ${quote(python)}`
    return `command -v ${quote(tool)} >/dev/null 2>&1 && exec ${quote(tool)} ${program} ${place}`
  })
  return [...attempts, `exit ${bridgeExitCodes.noTool}`].join('\n')
}
