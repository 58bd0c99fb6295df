import { EXIT } from '../plan';
import { comment, word } from './shell-words';

/** How a scheduler tells a job which one it is. */
export interface IIdentity {
  /** Lines that set `cluster`, empty outside of the scheduler. */
  readonly cluster: readonly string[];
  /** Expression of bash for the number of the job in its cluster. */
  readonly proc: string;
}

/** What surrounds the program of a job. */
export interface IJobEnvironment {
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly pythonPath: readonly string[];
  readonly setup: readonly string[];
}

/** What a script of jobs is made of. */
export interface IWrapper extends IJobEnvironment {
  /** Lines after the first, such as `#SBATCH ...`. */
  readonly header: readonly string[];
  readonly dataset: string;
  readonly inputsFolder: string;
  /** Safe name of the dataset. */
  readonly name: string;
  /** Number, among the jobs of the dataset, of the first one here; and how many there are here. */
  readonly first: number;
  readonly count: number;
  readonly identity: IIdentity;
  /** Path of the record; with `perJob`, `-<number>.cluster` is added. */
  readonly record: string;
  readonly perJob: boolean;
  readonly program: readonly string[];
  readonly arguments: readonly string[];
}

/**
 * The script that runs one job. It makes sure that only the recorded cluster of the submission runs,
 * sets the environment, and becomes the program: every status but those of `EXIT` is the program's.
 */
export function wrapperText(wrapper: IWrapper): string {
  const { header, dataset, inputsFolder, name, first, identity } = wrapper;
  const record = wrapper.perJob
    ? `${word(wrapper.record)}"-$number.cluster"`
    : word(`${wrapper.record}.cluster`);
  return `${[
    '#!/bin/bash',
    ...header,
    `# Runs one job of the dataset ${comment(JSON.stringify(dataset))}. Written by hepbatch.`,
    '',
    ...GIVE_UP,
    '',
    '# Which job this is',
    `proc="${identity.proc}"`,
    `case "$proc" in '' | *[!0-9]*) give_up ${EXIT.noJob} "which job? its number is the first argument" ;; esac`,
    `[ "$proc" -lt ${wrapper.count} ] || give_up ${EXIT.noJob} "there is no job $proc here"`,
    `number=$((${first} + 10#$proc))`,
    `inputs=${word(inputsFolder)}`,
    `runner="$inputs/AN-${name}-$number.json"`,
    `[ -d "$inputs" ] || give_up ${EXIT.blind} "$inputs is not there on $(uname -n)"`,
    `[ -r "$runner" ] || give_up ${EXIT.noJob} "$runner cannot be read"`,
    '',
    '# Only jobs of one cluster may run: that of the record, or the first one where there is none',
    ...identity.cluster,
    `record=${record}`,
    'if [ -n "$cluster" ]; then',
    '  if [ ! -e "$record" ]; then',
    '    mine="$record.$(uname -n).$$"',
    `    printf '%s\\n' "$cluster" > "$mine" && ln "$mine" "$record" 2> /dev/null`,
    '    rm -f "$mine"',
    '  fi',
    `  recorded="$(cat "$record")" || give_up ${EXIT.blind} "$record cannot be read"`,
    '  [ "$recorded" = "$cluster" ] ||',
    `    give_up ${EXIT.fenced} "this is cluster $cluster, but the jobs are those of cluster $recorded ($record)"`,
    'fi',
    '',
    '# The environment',
    ...environmentLines(wrapper),
    '',
    `exec ${[
      ...wrapper.program.map(word),
      '--json-analysis "$runner"',
      ...wrapper.arguments.map(word)
    ].join(' ')}`
  ].join('\n')}\n`;
}

/** Ends a script with a status and words. */
export const GIVE_UP: readonly string[] = [
  'give_up() {',
  `  printf 'hepbatch: %s\\n' "$2" >&2`,
  '  exit "$1"',
  '}'
];

/** Lines that make the environment of the program; after `GIVE_UP`. */
export function environmentLines(around: IJobEnvironment): string[] {
  return [
    `[ -n "\${HOME:-}" ] || HOME=${word(around.home)}`,
    'export HOME',
    'export PATH="${PATH:-/usr/local/bin:/usr/bin:/bin}"',
    ...setupLines(around.setup),
    'export XRD_RUNFORKHANDLER=1',
    ...[...around.pythonPath]
      .reverse()
      .map(folder => `export PYTHONPATH=${word(folder)}"\${PYTHONPATH:+:$PYTHONPATH}"`),
    ...Object.entries(around.environment).map(([key, value]) => `export ${key}=${word(value)}`)
  ];
}

/** Set-up scripts have inner commands that fail and mean no harm, so only lines of our own count. */
function setupLines(setup: readonly string[]): string[] {
  return setup.length === 0
    ? []
    : [
        'set --',
        `trap '[ "\${#BASH_SOURCE[@]}" -gt 1 ] || give_up ${EXIT.setup} "the set-up failed: $BASH_COMMAND"' ERR`,
        ...setup,
        'trap - ERR'
      ];
}
