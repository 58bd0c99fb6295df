import { join } from 'node:path';
import pLimit from 'p-limit';
import type { AuditProgress, AuditRequest } from '../../contract';
import { stemOf } from './lfn';
import type { Expected } from './expected/source';
import type { IIdentities } from './identity/legacy';
import type { ILookups } from './lookups';
import { unknownAnswer } from './answer';
import type { IDatasetOutcome, IOutcome } from './outcome';
import type { IOutputs } from './outputs';
import type { IAnswer, IQuestion } from './question';
import type { Samples } from './samples';

/** Datasets whose look-ups may be under way at once; their clients have limits of their own. */
const DATASETS_AT_ONCE = 32;

/** Everything an audit needs. */
export interface IAuditParts {
  readonly samples: Samples;
  /** URLs beyond the limit: their chunks are nobody's fault. */
  readonly beyond: Samples;
  readonly lookups: ILookups;
  /** URL to lines of its job's log that say that no event survived. */
  readonly emptyInLogs: ReadonlyMap<string, number>;
  readonly outputs: IOutputs;
  readonly cacheFolder: string;
}

/**
 * Compares every dataset with its folder below `source`. Datasets are answered side by side; one
 * that cannot be answered is unknown with its reason and stops no other.
 * Throws `cancelled`, and `not-found` or `denied` where the output folder cannot be read at all.
 */
export async function runEngine(
  request: AuditRequest,
  parts: IAuditParts,
  tell: (progress: AuditProgress) => void,
  signal: AbortSignal
): Promise<IOutcome> {
  // Of another host it is known only at the end; an output folder that is not there ends it at once.
  const onDisk = parts.outputs.folders();
  onDisk.catch(() => undefined); // thrown below
  if (request.on === null) {
    await onDisk;
  }
  const names = [...parts.samples.keys()];
  const progress: AuditProgress = {
    phase: request.check === 'names' ? 'names' : 'chunks',
    done: 0,
    total: names.length,
    chunks: 0,
    opened: 0
  };
  const step = ({ listed, opened }: { listed: number; opened: number }) => {
    progress.chunks += listed;
    progress.opened += opened;
    tell({ ...progress });
  };
  const limit = pLimit(DATASETS_AT_ONCE);
  const jobs = names.map(async (dataset): Promise<[string, IDatasetOutcome]> => {
    const settle = await limit(() => {
      signal.throwIfAborted();
      return auditDataset(dataset, request, parts, names, step, signal);
    });
    const outcome = await settle();
    progress.done += 1;
    tell({ ...progress });
    return [dataset, outcome];
  });
  const datasets = new Map(await Promise.all(jobs));
  const folders = await onDisk;
  const isAnswered = [...datasets.values()].some(({ answer }) => answer.unknown === null);
  if (!isAnswered && parts.outputs.failure !== null) {
    throw parts.outputs.failure;
  }
  const tops = new Set(names.map(name => name.split('/')[0]));
  return {
    datasets,
    notInJson: folders.filter(name => !tops.has(name)).sort(),
    notes: notesOf(request, parts),
    checked: request.check === 'names' ? 'names' : 'chunks'
  };
}

/** Answers for a dataset; what comes back waits until the answer is certain. */
async function auditDataset(
  dataset: string,
  request: AuditRequest,
  parts: IAuditParts,
  names: readonly string[],
  step: (step: { listed: number; opened: number }) => void,
  signal: AbortSignal
): Promise<() => Promise<IDatasetOutcome>> {
  const urls = parts.samples.get(dataset) ?? [];
  const [identities, expected] = await Promise.all([
    parts.lookups.identify(dataset, urls, signal),
    parts.lookups.expect?.(dataset, urls, signal) ?? null
  ]);
  const why = identities.unknown ?? (expected?.state === 'unknown' ? expected.reason : null);
  const ask = () => question(dataset, request, parts, names, urls, identities, expected);
  const settle =
    why === null
      ? await parts.outputs.answer(ask, step)
      : () => Promise.resolve(unknownAnswer(why));
  return async () => ({
    urls,
    // What has no readable UUID is still named by its stem.
    ids: identities.ids.map((id, i) => id ?? stemOf(urls[i] ?? '')),
    expected: expected?.state === 'known' ? expected.events : null,
    answer: withHint(await settle(), request)
  });
}

function question(
  dataset: string,
  request: AuditRequest,
  parts: IAuditParts,
  names: readonly string[],
  urls: readonly string[],
  identities: IIdentities,
  expected: Expected | null
): Omit<IQuestion, 'listing'> {
  const known = expected?.state === 'known' ? expected : null;
  const beyond = parts.beyond.get(dataset) ?? [];
  const below = `${dataset}/`;
  return {
    dataset,
    folder: join(request.source, dataset),
    ids: identities.ids.map(id => id ?? '').join('\0'),
    unreadable: new Map([...identities.unreadable, ...(known?.unreadable ?? [])]),
    expected: known && Float64Array.from(known.events, n => n ?? Number.NaN),
    // The headers of files beyond the limit were not read, so any UUID may be one of theirs.
    others: beyond.length > 0 && request.convention === 'Legacy' ? null : beyond.map(stemOf),
    nested: names
      .filter(name => name.startsWith(below))
      .map(name => name.slice(below.length).split('/')[0] ?? ''),
    variations: request.variations,
    check: request.check,
    chunk: request.chunk,
    cacheFolder: parts.cacheFolder,
    emptyInLogs: new Map(
      urls.flatMap((url, i) => {
        const lines = parts.emptyInLogs.get(url);
        return lines === undefined ? [] : [[i, lines] as const];
      })
    )
  };
}

const UUID = /^_*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}_/;

/** Where no chunk fits any input, says that the other convention may be the right one. */
function withHint(answer: IAnswer, request: AuditRequest): IAnswer {
  const strangers = answer.foreign.length > 0 && answer.chunks.every(count => count === 0);
  const legacy = answer.foreign.every(name => UUID.test(name));
  if (!strangers || request.convention !== 'DAS' || !legacy) {
    return answer;
  }
  const hint =
    'no chunk fits an input file, and their names begin with UUIDs: is the convention Legacy?';
  const faults = answer.faults.map(fault => ({ ...fault, reason: `${fault.reason}; ${hint}` }));
  return { ...answer, faults };
}

function notesOf(request: AuditRequest, parts: IAuditParts): string[] {
  const notes = [...parts.lookups.notes];
  for (const [dataset, urls] of parts.samples) {
    if (urls.length === 0) {
      notes.push(`Dataset ${dataset} has no input file: a failed look-up of the samples JSON?`);
    }
  }
  if (!parts.lookups.expect) {
    notes.push(
      'No source of expected events was given: a chunk missing at the end of a file cannot be seen.'
    );
  }
  if (request.check === 'names') {
    notes.push('Only names were read: truncated chunks were not looked for.');
  }
  if (request.limit !== null) {
    notes.push(`Only the first ${request.limit} files of each dataset were audited.`);
  }
  if (request.variations === 'nominal') {
    notes.push('Only nominal was audited: other variations were not looked at.');
  }
  return notes;
}
