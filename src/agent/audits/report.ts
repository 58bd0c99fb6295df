import type { AuditRequest, DatasetReport, Problem } from '../../contract';
import { countEvents, countFiles, statusAt, type IDatasetOutcome, type IOutcome } from './outcome';

/**
 * The resubmission JSON: `{dataset: [urls as given, in their order]}`, `{}` when nothing is
 * missing. It is a samples JSON.
 */
export function resubmissionText(
  outcome: IOutcome,
  only: ReadonlySet<string> | null = null
): string {
  const entries: [string, string[]][] = [];
  for (const [dataset, { urls, answer }] of outcome.datasets) {
    if (answer.resubmit.length > 0 && (only === null || only.has(dataset))) {
      entries.push([dataset, answer.resubmit.map(index => urls[index] ?? '')]);
    }
  }
  return objectText(entries.map(([dataset, urls]) => [dataset, JSON.stringify(urls, null, 4)]));
}

/**
 * The bytes of report.json, version 1, a line for each problem. Put together piece by piece: with
 * some hundred thousand problems it is longer than a string may be.
 */
export function reportBytes(outcome: IOutcome, request: AuditRequest): Buffer {
  return Buffer.concat(Array.from(reportPieces(outcome, request), piece => Buffer.from(piece)));
}

function* reportPieces(outcome: IOutcome, request: AuditRequest): Generator<string> {
  const { convention, source, chunk } = request;
  const head = JSON.stringify({ version: 1, convention, source, chunk }, null, 1).slice(0, -2);
  yield `${head},\n "datasets": {`;
  let separator = '';
  for (const [dataset, found] of outcome.datasets) {
    const { problems, stale, ...rest } = datasetReport(dataset, found);
    const opening = JSON.stringify(rest, null, 1).slice(0, -2).replaceAll('\n', '\n  ');
    yield `${separator}\n  ${JSON.stringify(dataset)}: ${opening},\n   "problems": [`;
    yield* lines(problems);
    yield `],\n   "stale": [`;
    yield* lines(stale);
    yield ']\n  }';
    separator = ',';
  }
  yield '\n }\n}\n';
}

function* lines(items: readonly unknown[]): Generator<string> {
  for (const [i, item] of items.entries()) {
    yield `${i > 0 ? ',' : ''}\n    ${JSON.stringify(item)}`;
  }
}

/** What the report says of one dataset. */
export function datasetReport(dataset: string, outcome: IDatasetOutcome): DatasetReport {
  const { answer } = outcome;
  return {
    files: countFiles(outcome),
    events: countEvents(outcome),
    problems: problemsOf(outcome),
    stale: answer.stale.map(path => `${dataset}/${path}`),
    foreign: [...answer.foreign],
    unknown: answer.unknown
  };
}

/** Every input file that is neither complete nor without events, in the order of the samples JSON. */
export function problemsOf({ urls, ids, expected, answer }: IDatasetOutcome): Problem[] {
  return answer.faults.map(({ index, missing, chunks, reason }) => ({
    file: urls[index] ?? '',
    id: ids[index] ?? '',
    status: statusAt(answer.status[index]),
    expected: expected?.[index] ?? null,
    missing: missing.map(([start, stop]): [number, number] => [start, stop]),
    chunks: [...chunks],
    reason
  }));
}

/** A JSON object from keys and JSON texts: the order stays, whatever the keys are. */
function objectText(members: readonly (readonly [string, string])[]): string {
  if (members.length === 0) {
    return '{}\n';
  }
  const lines = members.map(
    ([key, text]) => `    ${JSON.stringify(key)}: ${text.trimEnd().replaceAll('\n', '\n    ')}`
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}
