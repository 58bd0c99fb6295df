import type { AuditRequest } from '../../contract';

/** The output folder of an audit, with its host before it as for `scp`. */
export function outputsOf({ on, source }: Pick<AuditRequest, 'on' | 'source'>): string {
  return on === null ? source : `${on}:${source}`;
}

/** The samples JSON of an audit, likewise. */
export function samplesOf({
  on,
  inputsOn,
  samplesJson
}: Pick<AuditRequest, 'on' | 'inputsOn' | 'samplesJson'>): string {
  return on === null || inputsOn === 'here' ? samplesJson : `${on}:${samplesJson}`;
}
