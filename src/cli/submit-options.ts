import { posix } from 'node:path';
import { parseArgs } from 'node:util';
import { HepbatchError, SubmissionOptions, SubmissionRequest } from '../contract';

/** A field of the form as an option of the command line. */
interface IField {
  readonly flag: string;
  readonly short?: string;
  readonly field: keyof SubmissionOptions;
  /** How its text is read; `pairs` and `lines` may be given several times. */
  readonly kind: 'text' | 'number' | 'pairs' | 'lines';
  readonly help: string;
}

const FIELDS: readonly IField[] = [
  { flag: 'dump', short: 'd', field: 'output', kind: 'text', help: 'FOLDER' },
  { flag: 'queue', short: 'q', field: 'queue', kind: 'text', help: 'NAME' },
  { flag: 'memory', short: 'm', field: 'memory', kind: 'text', help: 'SIZE' },
  { flag: 'cores', field: 'cores', kind: 'number', help: 'N' },
  { flag: 'disk', field: 'disk', kind: 'text', help: 'SIZE' },
  { flag: 'walltime', field: 'walltime', kind: 'text', help: 'H:MM:SS' },
  { flag: 'account', field: 'account', kind: 'text', help: 'NAME' },
  { flag: 'image', field: 'image', kind: 'text', help: 'IMAGE' },
  { flag: 'files-per-job', field: 'filesPerJob', kind: 'number', help: 'N' },
  { flag: 'limit', field: 'limit', kind: 'number', help: 'N' },
  { flag: 'only', field: 'only', kind: 'lines', help: 'NAME' },
  { flag: 'max-idle', field: 'maxIdle', kind: 'number', help: 'N' },
  { flag: 'vlxp-max-materialize', field: 'maxMaterialize', kind: 'number', help: 'N' },
  { flag: 'retries', field: 'retries', kind: 'number', help: 'N' },
  { flag: 'setup', field: 'setup', kind: 'lines', help: 'LINE' },
  { flag: 'env', field: 'environment', kind: 'pairs', help: 'NAME=VALUE' },
  { flag: 'python-path', field: 'pythonPath', kind: 'lines', help: 'FOLDER' },
  { flag: 'voms', field: 'proxy', kind: 'text', help: 'PATH' },
  { flag: 'directive', field: 'directives', kind: 'pairs', help: 'NAME=VALUE' }
];

/** The fields of the form for the help text, a line each. */
export function submitFieldsHelp(): string {
  const lines = FIELDS.map(({ flag, short, field, help }) => {
    const { title = '', description = '' } = SubmissionOptions.shape[field].meta() ?? {};
    const words = description === '' ? title : description;
    const plain = words.charAt(0).toLowerCase() + words.slice(1);
    const letter = short === undefined ? '      ' : `  -${short}, `;
    return `${letter}${`--${flag} ${help}`.padEnd(30)} ${plain}`;
  });
  return lines.join('\n');
}

/** What `hepbatch submit` was asked. */
export interface ISubmitCommand {
  /** Null: the one that is meant where nobody says. */
  readonly connection: string | null;
  readonly help: boolean;
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly watch: boolean;
  /** The missing files of an earlier submission, whose name is `of`; null: a new one. */
  readonly again: { readonly missing: string; readonly of: string } | null;
  /** The request, with paths of a connection to this machine taken from `cwd`. */
  request(connection: string, cwd: string | null): SubmissionRequest;
  /** An earlier request with what is said otherwise now. */
  change(earlier: SubmissionRequest): SubmissionRequest;
}

/** Reads the command line. Throws `bad-request`. */
export function parseSubmit(argv: readonly string[]): ISubmitCommand {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const forProgram = end < 0 ? [] : argv.slice(end + 1);
  let parsed;
  try {
    parsed = parseArgs({
      args: [...own],
      allowPositionals: true,
      allowNegative: true,
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        'dry-run': { type: 'boolean', default: false },
        yes: { type: 'boolean', short: 'y', default: false },
        watch: { type: 'boolean', default: false },
        missing: { type: 'string' },
        of: { type: 'string' },
        'json-analysis': { type: 'string' },
        samples: { type: 'string' },
        'vlxp-dont-cluster-per-sample': { type: 'boolean', default: false },
        'cluster-per-sample': { type: 'boolean', default: true },
        kernel: { type: 'string' },
        python: { type: 'string' },
        program: { type: 'string', multiple: true },
        framework: { type: 'string' },
        folder: { type: 'string' },
        proxy: { type: 'boolean', default: true },
        ...Object.fromEntries(
          FIELDS.map(({ flag, short, kind }) => [
            flag,
            {
              type: 'string' as const,
              multiple: kind === 'lines' || kind === 'pairs',
              ...(short !== undefined && { short })
            }
          ])
        )
      }
    });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw wrongSubmit(`${said}; options of the program come after --`);
  }
  const { values, positionals } = parsed;
  const [connection = null, ...more] = positionals;
  if (more.length > 0) {
    throw wrongSubmit(
      'submit takes the name of one connection; options of the program come after --'
    );
  }
  const again = againOf(values, connection);
  if (values.kernel !== undefined && values.python !== undefined) {
    throw wrongSubmit('--kernel and --python are both given, and only one can be meant');
  }
  const given: Readonly<Record<string, unknown>> = values;
  return {
    connection,
    help: values.help,
    json: values.json,
    dryRun: values['dry-run'],
    yes: values.yes,
    watch: values.watch,
    again,
    change(earlier) {
      const options = { ...earlier.options, ...fieldsOf(given) };
      const args = forProgram.length === 0 ? {} : { arguments: forProgram };
      return checked({ ...earlier, ...args, options });
    },
    request(id, cwd) {
      const runner = values['json-analysis'];
      if (runner === undefined) {
        throw wrongSubmit('--json-analysis is missing: the path of the runner JSON');
      }
      const at = (path: string) => fromHere(path, cwd);
      return checked({
        connection: id,
        runner: { kind: 'path', path: at(runner) },
        samples: values.samples === undefined ? null : { kind: 'path', path: at(values.samples) },
        clusterPerSample: values['cluster-per-sample'] && !values['vlxp-dont-cluster-per-sample'],
        interpreter:
          values.kernel !== undefined
            ? { kind: 'kernel', name: values.kernel }
            : values.python !== undefined
              ? { kind: 'python', path: at(values.python) }
              : null,
        program: values.program ?? null,
        arguments: forProgram,
        framework: values.framework,
        folder: values.folder === undefined ? cwd : at(values.folder),
        options: { ...fieldsOf(given), ...(!values.proxy && { proxy: null }) }
      });
    }
  };
}

/** What a wrong command line gets. */
export function wrongSubmit(what: string): HepbatchError {
  return new HepbatchError('bad-request', what, { next: 'See hepbatch submit --help.' });
}

/** `--missing` and `--of` go together; all else is as it was. */
function againOf(
  values: { readonly missing?: string; readonly of?: string; readonly 'json-analysis'?: string },
  connection: string | null
): ISubmitCommand['again'] {
  const { missing, of } = values;
  if (missing === undefined && of === undefined) {
    return null;
  }
  if (missing === undefined || of === undefined) {
    throw wrongSubmit('--missing FILE and --of NAME go together');
  }
  if (connection !== null || values['json-analysis'] !== undefined) {
    throw wrongSubmit('--of has connection and runner JSON already: leave them out');
  }
  return { missing, of };
}

/** A path of this machine, where `cwd` says that it is one. */
function fromHere(path: string, cwd: string | null): string {
  return cwd === null || /^[/~]/.test(path) ? path : posix.resolve(cwd, path);
}

function fieldsOf(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const { flag, field, kind } of FIELDS) {
    const value = given[flag];
    if (typeof value === 'string') {
      options[field] = kind === 'number' ? numberOf(flag, value) : value;
    } else if (Array.isArray(value)) {
      const texts = value.map(String);
      options[field] =
        kind === 'pairs' ? Object.fromEntries(texts.map(text => pairOf(flag, text))) : texts;
    }
  }
  return options;
}

function checked(request: unknown): SubmissionRequest {
  const read = SubmissionRequest.safeParse(request);
  if (read.success) {
    return read.data;
  }
  const [issue] = read.error.issues;
  const [first = '', second = ''] = (issue?.path ?? []).map(String);
  const flag = FIELDS.find(({ field }) => first === 'options' && field === second)?.flag;
  const name = flag ?? (first === 'runner' ? 'json-analysis' : first);
  throw wrongSubmit(`--${name}: ${issue?.message ?? ''}`);
}

function numberOf(flag: string, text: string): number {
  if (!/^\d+$/.test(text)) {
    throw wrongSubmit(`--${flag}: ${JSON.stringify(text)} is no number`);
  }
  return Number(text);
}

function pairOf(flag: string, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw wrongSubmit(`--${flag}: ${JSON.stringify(text)} is none of NAME=VALUE`);
  }
  return [text.slice(0, at), text.slice(at + 1)];
}
