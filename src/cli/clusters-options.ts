import { parseArgs } from 'node:util';
import { ClusterOptions, HepbatchError } from '../contract';
import type { ClusterRequest, Interpreter } from '../contract';

/** A field of the form as an option of the command line. */
interface IField {
  readonly flag: string;
  readonly field: keyof ClusterOptions;
  /** How its text is read; `pairs` and `lines` may be given several times. */
  readonly kind: 'text' | 'number' | 'port' | 'pairs' | 'lines';
  readonly help: string;
}

const FIELDS: readonly IField[] = [
  { flag: 'workers', field: 'workers', kind: 'number', help: 'N' },
  { flag: 'flavour', field: 'flavour', kind: 'text', help: 'NAME' },
  { flag: 'partition', field: 'partition', kind: 'text', help: 'NAME' },
  { flag: 'account', field: 'account', kind: 'text', help: 'NAME' },
  { flag: 'walltime', field: 'walltime', kind: 'text', help: 'H:MM:SS' },
  { flag: 'cores', field: 'cores', kind: 'number', help: 'N' },
  { flag: 'memory', field: 'memory', kind: 'text', help: 'SIZE' },
  { flag: 'disk', field: 'disk', kind: 'text', help: 'SIZE' },
  { flag: 'processes', field: 'processes', kind: 'number', help: 'N' },
  { flag: 'image', field: 'image', kind: 'text', help: 'IMAGE' },
  { flag: 'runtime', field: 'runtime', kind: 'text', help: 'NAME' },
  { flag: 'idle-minutes', field: 'idleMinutes', kind: 'number', help: 'N' },
  { flag: 'lifetime-minutes', field: 'lifetimeMinutes', kind: 'number', help: 'N' },
  { flag: 'work-folder', field: 'workFolder', kind: 'text', help: 'FOLDER' },
  { flag: 'log-folder', field: 'logFolder', kind: 'text', help: 'FOLDER' },
  { flag: 'prologue', field: 'prologue', kind: 'lines', help: 'LINE' },
  { flag: 'env', field: 'environment', kind: 'pairs', help: 'NAME=VALUE' },
  { flag: 'directive', field: 'directives', kind: 'pairs', help: 'NAME=VALUE' },
  { flag: 'worker-python', field: 'workerPython', kind: 'text', help: 'PYTHON' },
  { flag: 'interface', field: 'interface', kind: 'text', help: 'NAME' },
  { flag: 'scheduler-port', field: 'schedulerPort', kind: 'port', help: 'PORT[:PORT]' },
  { flag: 'dashboard-address', field: 'dashboardAddress', kind: 'text', help: 'HOST:PORT' }
];

/** The options of `start` for the help text, a line each. */
export function fieldsHelp(): string {
  const lines = FIELDS.map(({ flag, field, help }) => {
    const { title = '', description = '' } = ClusterOptions.shape[field].meta() ?? {};
    const words = description === '' ? title : description;
    const plain = words.charAt(0).toLowerCase() + words.slice(1);
    return `      ${`--${flag} ${help}`.padEnd(30)} ${plain}`;
  });
  return lines.join('\n');
}

/** What `hepbatch clusters` was asked. */
export interface IClustersCommand {
  readonly verb: string;
  readonly names: readonly string[];
  readonly json: boolean;
  readonly help: boolean;
  readonly dryRun: boolean;
  readonly wait: boolean;
  readonly follow: boolean;
  readonly lines: number;
  readonly search: string | null;
  readonly adapt: { readonly minimum: number; readonly maximum: number } | null;
  readonly request: Omit<ClusterRequest, 'connection'>;
}

/** Reads the command line. Throws `bad-request`. */
export function parseClusters(argv: readonly string[]): IClustersCommand {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      allowNegative: true,
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        'dry-run': { type: 'boolean', default: false },
        wait: { type: 'boolean', default: true },
        follow: { type: 'boolean', short: 'f', default: false },
        lines: { type: 'string', short: 'n', default: '50' },
        search: { type: 'string' },
        name: { type: 'string' },
        kernel: { type: 'string' },
        python: { type: 'string' },
        adapt: { type: 'string' },
        tls: { type: 'boolean' },
        ...Object.fromEntries(
          FIELDS.map(({ flag, kind }) => [
            flag,
            { type: 'string' as const, multiple: kind === 'lines' || kind === 'pairs' }
          ])
        )
      }
    });
  } catch (cause) {
    throw wrongOption(cause instanceof Error ? cause.message : String(cause));
  }
  const { values, positionals } = parsed;
  const given: Readonly<Record<string, unknown>> = values;
  const [verb = 'list', ...names] = positionals;
  const adapt = values.adapt === undefined ? null : parseBounds(values.adapt);
  return {
    verb,
    names,
    json: values.json,
    help: values.help,
    dryRun: values['dry-run'],
    wait: values.wait,
    follow: values.follow,
    lines: parseNumber('lines', values.lines),
    search: values.search ?? null,
    adapt,
    request: {
      name: values.name ?? null,
      interpreter: parseInterpreter(values.kernel, values.python),
      options: parseOptions(given, adapt)
    }
  };
}

/** Such as 0:20. Throws `bad-request`. */
export function parseBounds(text: string): { minimum: number; maximum: number } {
  const [, minimum, maximum] = /^(\d+):(\d+)$/.exec(text) ?? [];
  if (minimum === undefined || maximum === undefined) {
    throw wrongOption(`${JSON.stringify(text)} are no bounds such as 0:20`);
  }
  return { minimum: Number(minimum), maximum: Number(maximum) };
}

/** What a wrong command line gets. */
export function wrongOption(what: string): HepbatchError {
  return new HepbatchError('bad-request', what, { next: 'See hepbatch clusters --help.' });
}

/** A number of the command line. Throws `bad-request`. */
export function parseNumber(name: string, text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) {
    throw wrongOption(`${name}: ${JSON.stringify(text)} is no number`);
  }
  return Number(text);
}

function parseInterpreter(kernel?: string, python?: string): Interpreter | null {
  if (kernel !== undefined && python !== undefined) {
    throw wrongOption('--kernel and --python are both given, and only one can be meant');
  }
  return kernel !== undefined
    ? { kind: 'kernel', name: kernel }
    : python !== undefined
      ? { kind: 'python', path: python }
      : null;
}

function parseOptions(
  given: Readonly<Record<string, unknown>>,
  adapt: { minimum: number; maximum: number } | null
): ClusterOptions {
  const options: Record<string, unknown> = {};
  for (const { flag, field, kind } of FIELDS) {
    const value = given[flag];
    if (typeof value === 'string') {
      options[field] = readText(flag, kind, value);
    } else if (Array.isArray(value)) {
      const texts = value.map(String);
      options[field] =
        kind === 'pairs' ? Object.fromEntries(texts.map(text => pair(flag, text))) : texts;
    }
  }
  if (typeof given['tls'] === 'boolean') {
    options['tls'] = given['tls'];
  }
  if (adapt !== null) {
    options['adaptive'] = adapt;
  }
  const read = ClusterOptions.safeParse(options);
  if (!read.success) {
    const [issue] = read.error.issues;
    const field = String(issue?.path[0] ?? '');
    const flag = FIELDS.find(one => one.field === field)?.flag ?? 'adapt';
    throw wrongOption(`--${flag}: ${JSON.stringify(options[field])}: ${issue?.message ?? ''}`);
  }
  return read.data;
}

function readText(flag: string, kind: IField['kind'], text: string): unknown {
  if (kind === 'number') {
    return parseNumber(`--${flag}`, text);
  }
  if (kind === 'port') {
    const ports = text.split(':').map(port => parseNumber(`--${flag}`, port));
    return ports.length === 1 ? ports[0] : ports;
  }
  return text;
}

function pair(flag: string, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw wrongOption(`--${flag}: ${JSON.stringify(text)} is none of NAME=VALUE`);
  }
  return [text.slice(0, at), text.slice(at + 1)];
}
