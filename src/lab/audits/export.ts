import { HepbatchError, audits } from '../../contract';
import type { AuditRequest, Call, ResubmissionExport } from '../../contract';

/** Writes the resubmission JSON to a path of the agent, or of the audit's host; asks before a file is replaced. */
export async function saveResubmission(options: {
  readonly call: Call;
  readonly id: string;
  readonly datasets: string[] | null;
  readonly path: string;
  /** Whose path that is. */
  readonly pathOn: AuditRequest['inputsOn'];
  readonly mayOverwrite: (path: string) => Promise<boolean>;
}): Promise<ResubmissionExport | null> {
  const { call, id, datasets, path, pathOn, mayOverwrite } = options;
  try {
    return await call(audits.export, { id, datasets, path, pathOn });
  } catch (error) {
    if (!(error instanceof HepbatchError) || error.code !== 'conflict') {
      throw error;
    }
  }
  if (!(await mayOverwrite(path))) {
    return null;
  }
  return call(audits.export, { id, datasets, path, pathOn, overwrite: true });
}

/** Hands a text to the browser as a file to download, byte for byte. */
export function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
