import { dirname, resolve } from 'node:path';
import { HepbatchError, type AuditRequest } from '../../contract';
import { writeAtomically } from '../record';
import type { IResult } from './result';
import type { AuditBody, AuditReply } from './service';
import type { IThere } from './there/there';

/** The resubmission JSON of some datasets of an answer, null for all. */
export function exportOf(
  result: IResult,
  datasets: readonly string[] | null
): Omit<AuditReply<'export'>, 'savedAs'> {
  const wanted = datasets && new Set(datasets);
  const chosen = result.datasets
    .map(({ row, problems }): [string, string[]] => [
      row.dataset,
      problems.filter(({ resubmit }) => resubmit).map(({ file }) => file)
    ])
    .filter(([dataset, files]) => files.length > 0 && (!wanted || wanted.has(dataset)));
  const text = `${JSON.stringify(Object.fromEntries(chosen), null, 4)}\n`;
  const files = chosen.reduce((sum, [, files]) => sum + files.length, 0);
  return { text, files, datasets: chosen.length };
}

/**
 * Writes it beside the samples JSON, or where it is told; on another host where one is given.
 * @returns the path. Throws `conflict` where a file would be lost.
 */
export async function saveExport(
  text: string,
  query: Pick<AuditBody<'export'>, 'overwrite'> & { readonly path: string },
  { samplesJson }: AuditRequest,
  there: IThere | null
): Promise<string> {
  const path = resolve(dirname(samplesJson), query.path);
  if (path === samplesJson) {
    throw new HepbatchError('conflict', `${path} is the samples JSON of this audit.`, {
      next: 'Choose another name: the samples JSON would be lost.'
    });
  }
  const { overwrite } = query;
  await (there
    ? there.host.write(path, text, { overwrite })
    : writeAtomically(path, text, { overwrite }));
  return path;
}
