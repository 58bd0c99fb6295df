import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { AuditRequest, ConnectionId, Convention, HepbatchError } from '../contract';

/** Text of `hepbatch audit --help`. */
export const AUDIT_HELP = `usage: hepbatch audit --json samples.json --source DIR --convention DAS|Legacy [options]

Compares a samples JSON with <DIR>/<dataset>/<variation>/*.parquet, says per dataset which
input files are missing, partial, overlapping, truncated, empty, and writes what to resubmit.

  -j, --json FILE          samples JSON, {"dataset": ["file", ...]}
  -s, --source DIR         folder that holds the datasets (the --dump of the run)
  -c, --convention NAME    DAS: outputs are named by the stem of the input file
                           Legacy: by the UUID of its ROOT header
  -o, --output FILE        write the resubmission JSON; {} when nothing is missing
      --report FILE        write everything that was found as JSON
      --remove-stale       move the stale chunks into .hepbatch-stale-TIME in DIR, as it is
                           needed before the resubmission; asks first
  -y, --yes                ask nothing; without a terminal, nothing is moved otherwise

      --on NAME            the outputs lie on another host: NAME is an open connection, as
                           hepbatch connections shows them. DIR, --logs, dasgoclient and the
                           input files are then those of that host, and so are --json and
                           --events where they are given as NAME:FILE

expected events (without any, the ranges alone are judged):
      --dasgoclient PATH   ask DAS with this client (default: dasgoclient, if it is on PATH)
      --events FILE        {"dataset": {"file": number, ...}}
      --count              open the input files and count
      --no-catalogue       ask nobody, even where dasgoclient is there

      --chunk N            --chunk of the run, to explain ranges
      --limit N            only the first N files of each dataset
      --variations WHICH   all (default) or nominal
      --verify             open every parquet file again, not only new and changed ones
      --names-only         open nothing; truncated files are then not looked for
      --logs DIR           folder of a vanilla submission: its logs tell empty selections
      --skipbadfiles       input files that nobody serves count as unreadable, not as unknown
      --timeout S          seconds for one look-up (default 30); there are at most two tries
      --workers N          threads that list and open (default: one a core, 2 to 4)
      --log LEVEL          accepted for scripts written for get_unprocessed_files.py; has no effect

exit status: 0 all complete; 1 something to resubmit; 2 it could not be done, or not for every dataset
`;

/** What the command line asks for. */
export interface IAuditOptions {
  readonly request: AuditRequest;
  readonly output: string | null;
  readonly report: string | null;
  readonly removeStale: boolean;
  readonly yes: boolean;
}

/** Reads the arguments of `hepbatch audit`; null where help is wanted. Throws `bad-request`. */
export function parseAuditOptions(argv: readonly string[]): IAuditOptions | null {
  const values = parse(argv);
  if (values.help) {
    return null;
  }
  const sources = {
    events: values.events !== undefined,
    count: values.count,
    das: values.dasgoclient !== undefined,
    none: values['no-catalogue']
  };
  const chosen = (['events', 'count', 'das', 'none'] as const).filter(name => sources[name]);
  if (chosen.length > 1) {
    throw wrong('--events, --count, --dasgoclient and --no-catalogue exclude each other');
  }
  if (values.verify && values['names-only']) {
    throw wrong('--verify and --names-only exclude each other');
  }
  const convention = Convention.safeParse(required(values.convention, '--convention'));
  if (!convention.success) {
    throw wrong(`--convention is DAS or Legacy, not ${values.convention ?? ''}`);
  }
  const variations = values.variations ?? 'all';
  if (variations !== 'all' && variations !== 'nominal') {
    throw wrong(`--variations is all or nominal, not ${variations}`);
  }
  const on = connectionOf(values.on);
  const json = required(values.json, '--json');
  const request = AuditRequest.safeParse({
    on,
    ...inputsOf(on, json, values.events ?? null),
    source: required(values.source, '--source'),
    convention: convention.data,
    expected: chosen[0] ?? 'auto',
    dasgoclient: values.dasgoclient ?? null,
    chunk: whole(values.chunk, '--chunk'),
    limit: whole(values.limit, '--limit'),
    variations,
    check: values.verify ? 'all' : values['names-only'] ? 'names' : 'new',
    logs: values.logs ?? null,
    skipBadFiles: values.skipbadfiles,
    timeoutSeconds: seconds(values.timeout),
    workers: whole(values.workers, '--workers') ?? threadsHere()
  });
  if (!request.success) {
    throw wrong(z.prettifyError(request.error));
  }
  const { output = null, report = null, yes } = values;
  return { request: request.data, output, report, removeStale: values['remove-stale'], yes };
}

function connectionOf(name: string | undefined): string | null {
  if (name !== undefined && !ConnectionId.safeParse(name).success) {
    throw wrong(`--on takes the id of a connection, not ${JSON.stringify(name)}`);
  }
  return name ?? null;
}

/** Where samples JSON and events file lie: with `--on NAME` there, if they are given as `NAME:FILE`. */
function inputsOf(
  on: string | null,
  json: string,
  events: string | null
): Pick<AuditRequest, 'inputsOn' | 'samplesJson' | 'events'> {
  const prefix = `${on ?? ''}:`;
  const isThere = (path: string) => on !== null && path.startsWith(prefix);
  if (events !== null && isThere(events) !== isThere(json)) {
    throw wrong(`--json and --events lie on one machine: give both as ${prefix}FILE, or none`);
  }
  if (!isThere(json)) {
    return { inputsOn: 'here', samplesJson: json, events };
  }
  const path = (text: string) => required(text.slice(prefix.length), `a file after ${prefix}`);
  return { inputsOn: 'there', samplesJson: path(json), events: events && path(events) };
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        on: text,
        json: { ...text, short: 'j' },
        source: { ...text, short: 's' },
        convention: { ...text, short: 'c' },
        output: { ...text, short: 'o' },
        report: text,
        'remove-stale': flag,
        yes: { ...flag, short: 'y' },
        chunk: text,
        events: text,
        count: flag,
        dasgoclient: text,
        'no-catalogue': flag,
        limit: text,
        variations: text,
        verify: flag,
        'names-only': flag,
        logs: text,
        skipbadfiles: flag,
        timeout: text,
        workers: text,
        log: text,
        help: { ...flag, short: 'h' }
      }
    }).values;
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause));
  }
}

function required(value: string | undefined, name: string): string {
  if (!value) {
    throw wrong(`${name} is missing`);
  }
  return value;
}

function whole(value: string | undefined, name: string): number | null {
  if (value === undefined) {
    return null;
  }
  if (!/^\d+$/.test(value) || Number(value) < 1 || !Number.isSafeInteger(Number(value))) {
    throw wrong(`${name} is a whole number of at least 1, not ${JSON.stringify(value)}`);
  }
  return Number(value);
}

function seconds(value: string | undefined): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  const number = Number(value);
  if (value.trim() === '' || !(number > 0 && number <= 3600)) {
    throw wrong(`--timeout is a number of seconds up to 3600, not ${JSON.stringify(value)}`);
  }
  return number;
}

/** One a core; more than four ask a file server faster than it wants to be asked. */
function threadsHere(): number {
  return Math.min(Math.max(availableParallelism(), 2), 4);
}

function wrong(what: string): HepbatchError {
  return new HepbatchError('bad-request', what, { next: 'See hepbatch audit --help.' });
}
