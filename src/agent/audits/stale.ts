/** Which chunks an audit calls stale, and whether that still counts. */
import { join } from 'node:path';
import { HepbatchError } from '../../contract';
import type { Audit, StaleOutcome } from '../../contract';
import type { IResult } from './result';
import type { AuditBody, AuditReply } from './service';
import { asideOf, lookAtStale, setAside } from './set-aside';
import type { IOutputPlace } from './set-aside';

/** A finished audit with its answer, and where its outputs lie. */
export interface IAnswered {
  readonly audit: Audit;
  readonly result: IResult;
  readonly place: IOutputPlace;
  /** The newest audit of the same samples JSON and folder that has begun later; null: this is the newest. */
  readonly newer: Audit | null;
}

/** See `audits.stale` of the contract. */
export async function staleNow(
  answered: IAnswered,
  { datasets, offset, limit }: Pick<AuditBody<'stale'>, 'datasets' | 'offset' | 'limit'>
): Promise<AuditReply<'stale'>> {
  needCurrent(answered);
  const wanted = datasets && new Set(datasets);
  const all = answered.result.datasets
    .filter(({ row }) => row.unknown === null && (!wanted || wanted.has(row.dataset)))
    .flatMap(({ stale }) => stale);
  const now = await lookAtStale(answered.place, all.slice(offset, offset + limit));
  return { total: all.length, folder: folderOf(answered), ...now };
}

/** See `audits.removeStale` of the contract. */
export async function removeStale(
  answered: IAnswered,
  { chunks }: Pick<AuditBody<'removeStale'>, 'chunks'>
): Promise<AuditReply<'removeStale'>> {
  needCurrent(answered);
  const { datasets } = answered.result;
  const known = new Set(
    datasets.filter(({ row }) => row.unknown === null).flatMap(({ stale }) => stale)
  );
  const asked = chunks.filter(({ path }) => known.has(path));
  const told = (await setAside(answered.place, asideOf(answered.audit.id), asked)).values();
  const outcomes = chunks.map(({ path }) => {
    const outcome = known.has(path) ? told.next().value : undefined;
    return outcome ?? refusedOf(path, answered);
  });
  return { folder: folderOf(answered), outcomes };
}

function refusedOf(path: string, { result }: IAnswered): StaleOutcome {
  const unknown = result.datasets.find(
    ({ row }) => row.unknown !== null && path.startsWith(`${row.dataset}/`)
  );
  const why =
    unknown === undefined
      ? 'the audit does not call it stale'
      : `its dataset is unknown: ${unknown.row.unknown ?? ''}`;
  return { path, end: 'refused', why };
}

/** Throws `conflict` where the answer is not the last word. */
function needCurrent({ audit, newer }: IAnswered): void {
  if (audit.state !== 'done') {
    throw new HepbatchError('conflict', `Audit ${audit.id} is ${audit.state}.`, {
      next: 'Only a finished audit says what is stale: wait for it, or run it again.'
    });
  }
  if (newer !== null) {
    throw new HepbatchError('conflict', `Audit ${newer.id} of the same folder is newer.`, {
      next: 'Look there: what was stale may be complete by now.'
    });
  }
}

function folderOf({ audit, place }: IAnswered): string {
  return join(place.source, asideOf(audit.id));
}
