import { HepbatchError } from '../../contract';
import type { SubmissionBody } from './service';
import type { SubmissionRecord } from './store';

/** Not there yet. */
export function importFolder(
  { folder }: SubmissionBody<'import'>,
  _world: unknown,
  _known: readonly SubmissionRecord[]
): Promise<SubmissionRecord> {
  return Promise.reject(
    new HepbatchError('unsupported', `${folder} cannot be imported`, { next: 'Wait for it.' })
  );
}
