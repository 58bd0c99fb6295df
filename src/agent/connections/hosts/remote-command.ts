import type { Environment } from '../../run';
import { quote, throughAnyShell } from './quote';

/** What a command is started with, there. */
export interface IRemoteStart {
  readonly env?: Environment;
  readonly cwd?: string;
}

/** The longest argument that Linux hands to a program, and so to the login shell. */
const MAX_BYTES = 128 * 1024 - 1;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What each report of the wrapper begins with. */
export const MARK = '\x1ehepbatch-';

/** What stands before each report; the nonce makes it impossible to meet by chance. */
export function markOf(nonce: string): string {
  return `${MARK}${nonce} `;
}

/**
 * One line for the login shell of a host that runs `argv` there, or why it cannot be. The wrapper
 * around it reports on both streams: `start GROUP` before the program has said a word, and `end
 * STATUS` after its last one, or `failed cwd`, `failed program` where it was not started. What the
 * shell's own start-up files print comes before `start`, so it can be told from the program's words;
 * a line that breaks takes the `end` with it, so it is never taken for an end.
 *
 * The wrapper outlives a SIGTERM to its group, to report it. What the program leaves behind in its
 * group is ended, as on this machine. It says nothing by itself: its stderr is the null device.
 */
export function remoteCommand(
  argv: readonly string[],
  { env = {}, cwd }: IRemoteStart,
  nonce: string
): { readonly line: string } | { readonly fault: string } {
  const fault = faultOf(argv, env, cwd);
  if (fault !== null) {
    return { fault };
  }
  const words = argv.map(quote).join(' ');
  const variables = Object.entries(env).map(([name, value]) =>
    value === undefined ? `unset ${name}` : `export ${name}=${quote(value)}`
  );
  const script = [
    'exec 3>&2 2>/dev/null',
    `say() { printf '\\036hepbatch-%s %s\\n' ${nonce} "$1" >&3; printf '\\036hepbatch-%s %s\\n' ${nonce} "$1"; }`,
    'trap : TERM',
    'read -r _ _ _ _ g _ </proc/$$/stat || g=$$',
    'say "start $g"',
    ...(cwd === undefined ? [] : [`cd ${quote(cwd)} || { say "failed cwd"; exit 0; }`]),
    ...variables,
    `(exec ${words}) 2>&3 3>&-`,
    'c=$?',
    `case $c in 126|127) p=$(command -v ${quote(argv[0] ?? '')}) && [ -f "$p" ] && [ -x "$p" ] || { say "failed program"; exit 0; };; esac`,
    `[ "$g" != $$ ] || { trap '' TERM; kill -s TERM -- "-$g"; }`,
    'say "end $c"'
  ].join('\n');
  const line = throughAnyShell(script);
  return line.length > MAX_BYTES
    ? { fault: `the command is ${line.length} bytes long, a remote shell takes ${MAX_BYTES}` }
    : { line };
}

/** Why no host can start this, or null: what no process can be handed, or what a shell would take. */
export function faultOf(
  argv: readonly string[],
  env: Environment,
  cwd: string | undefined
): string | null {
  const [program] = argv;
  if (program === undefined || program === '') {
    return 'no program is named';
  }
  if (program.startsWith('-')) {
    return `${program} begins with a dash, which is no name of a program`;
  }
  if ([...argv, ...Object.values(env), cwd].some(word => word?.includes('\0') === true)) {
    return 'a NUL can be no part of an argument, a variable or a path';
  }
  if (cwd !== undefined && !cwd.startsWith('/')) {
    return `${cwd} is no absolute path`;
  }
  const name = Object.keys(env).find(key => !NAME.test(key));
  return name === undefined ? null : `${name} is no name of a variable`;
}
