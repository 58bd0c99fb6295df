/** What an earlier submission asked for, turned into an audit and into a new request: pure. */
import { HepbatchError } from '../../contract';
import type { AuditRequest, JsonSource, SubmissionRequest } from '../../contract';
import type { SubmissionRecord } from './store';

/** The request of a submission. Throws `not-found` for an imported one. */
export function requestOf({ request, folder }: SubmissionRecord): SubmissionRequest {
  if (request === null) {
    throw new HepbatchError(
      'not-found',
      `${folder} was not made here: what was asked is not known`,
      {
        next: 'Make a new submission with its runner JSON.'
      }
    );
  }
  return request;
}

/** The same again for exactly the files of a samples JSON. */
export function again(request: SubmissionRequest, samples: JsonSource): SubmissionRequest {
  const options = { ...request.options, only: [] };
  delete options.limit;
  return { ...request, samples, options };
}

/** What is found out for the audit of a submission. */
export interface IAuditFacts {
  readonly samplesJson: string;
  /** Whether its host is this machine. */
  readonly isHere: boolean;
  readonly convention: AuditRequest['convention'];
}

/** The audit of its outputs; `samplesJson` has exactly its files. Throws `bad-request`. */
export function auditOf(
  { output, connection, request, folder }: SubmissionRecord,
  { samplesJson, isHere, convention }: IAuditFacts
): Pick<AuditRequest, 'samplesJson' | 'source' | 'convention'> & Partial<AuditRequest> {
  if (output === null) {
    throw new HepbatchError('bad-request', `${folder}: its output folder is not known`, {
      next: 'Open an audit and name the folder where the outputs lie.'
    });
  }
  const args = request?.arguments ?? [];
  const chunk = Number(valueOf(args, '--chunk'));
  return {
    samplesJson,
    source: output,
    // Outputs on XRootD and on this machine are seen from here.
    on: isHere || output.startsWith('root://') ? null : connection,
    inputsOn: 'here',
    convention,
    logs: isHere || !output.startsWith('root://') ? folder : null,
    chunk: Number.isInteger(chunk) && chunk > 0 ? chunk : null,
    skipBadFiles: args.includes('--skipbadfiles')
  };
}

function valueOf(args: readonly string[], name: string): string | undefined {
  const at = args.findIndex(arg => arg === name || arg.startsWith(`${name}=`));
  const word = args[at];
  return word?.includes('=') === true ? word.slice(name.length + 1) : args[at + 1];
}
