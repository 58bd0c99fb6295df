/** ClassAd expressions that choose jobs; whatever is put into one is checked first. */
import { HepbatchError } from '../../../../contract';
import { ATTRIBUTE } from '../../plan';
import { rangesOf } from '../ranges';
import type { ISelection } from '../scheduler';

/** Ranges in one expression: an argument of a command may not be longer than 128 kB. */
const RANGES = 1000;

/** All jobs that carry the token. Throws `bad-request` where it is none. */
export function ofToken(token: string): string {
  if (!/^[A-Za-z0-9._-]+$/.test(token)) {
    throw unfit(`${JSON.stringify(token)} is no token`);
  }
  return `${ATTRIBUTE.token} =?= "${token}"`;
}

/** All jobs whose log lies in a folder, also where HTCondor spools them. */
export function ofFolder(folder: string): string {
  // As classAdString: a backslash would make a quote of its own.
  const text = `"${folder.replaceAll('"', '\\"')}/"`;
  const length = Buffer.byteLength(`${folder}/`);
  return ['UserLog', 'SUBMIT_UserLog']
    .map(attribute => `(substr(${attribute}, 0, ${length}) =?= ${text})`)
    .join(' || ');
}

/** The jobs of a selection, in as many expressions as it takes. Throws `bad-request`. */
export function ofSelection({ cluster, procs }: ISelection): readonly string[] {
  const base = `ClusterId == ${clusterId(cluster.id)}`;
  if (procs === null) {
    return [base];
  }
  const ranges = rangesOf(procs).map(([first, last]) =>
    first === last ? `ProcId == ${first}` : `(ProcId >= ${first} && ProcId <= ${last})`
  );
  const expressions: string[] = [];
  for (let at = 0; at < ranges.length; at += RANGES) {
    expressions.push(`${base} && (${ranges.slice(at, at + RANGES).join(' || ')})`);
  }
  return expressions;
}

/** A ClusterId, checked. Throws `bad-request`. */
export function clusterId(id: string): string {
  if (!/^\d+$/.test(id)) {
    throw unfit(`${JSON.stringify(id)} is no ClusterId`);
  }
  return id;
}

function unfit(message: string): HepbatchError {
  return new HepbatchError('bad-request', message, { next: 'Choose jobs of a submission.' });
}
