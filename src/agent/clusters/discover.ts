import type { SupervisorRecord } from '../../contract';
import { ClusterId, HepbatchError } from '../../contract';
import type { IHost } from '../connections/hosts/host';
import { readSupervisorRecord } from './tend/judge';

/** A cluster's record and the folder where it lies. */
export interface IFoundRecord {
  readonly record: SupervisorRecord;
  readonly folder: string;
}

/** The records of clusters on a host that are not known yet. Throws as the host does. */
export async function listRecords(
  host: IHost,
  folder: string,
  isKnown: (id: string) => boolean
): Promise<IFoundRecord[]> {
  const found: IFoundRecord[] = [];
  for await (const part of host.list(folder, new AbortController().signal)) {
    for (const { name, kind } of part) {
      if (kind === 'folder' && ClusterId.safeParse(name).success && !isKnown(name)) {
        const path = `${folder}/${name}`;
        const record = await readSupervisorRecord(host, path).catch(nullIfStrange);
        if (record !== null && record.id === name) {
          found.push({ record, folder: path });
        }
      }
    }
  }
  return found;
}

/** A record of another version is not ours to show. */
function nullIfStrange(error: unknown): null {
  if (error instanceof HepbatchError && error.code === 'corrupt') {
    return null;
  }
  throw error;
}
