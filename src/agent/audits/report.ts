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

/** The text of report.json, version 1; long reports are never built as one object. */
export function reportText(outcome: IOutcome, request: AuditRequest): string {
  const datasets = [...outcome.datasets].map(([dataset, found]): [string, string] => [
    dataset,
    JSON.stringify(datasetReport(dataset, found), null, 1)
  ]);
  return objectText([
    ['version', '1'],
    ['convention', JSON.stringify(request.convention)],
    ['source', JSON.stringify(request.source)],
    ['chunk', JSON.stringify(request.chunk)],
    ['datasets', objectText(datasets)]
  ]);
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
