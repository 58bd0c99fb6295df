import { HepbatchError } from '../../contract';
import type { ClusterLog, LogPiece } from '../../contract';
import type { IHost } from '../connections/hosts/host';
import { readPiece } from '../log-piece';
import type { Known } from './known';
import type { ClusterBody, ClusterReply } from './service';
import type { Tended } from './tend/tended';

/** The names of logs that may be read without a supervisor: those that one would have listed. */
const NAME = /^(scheduler\.log|worker-[\w.-]+\.(out|err|log)|hepbatch-[a-z0-9-]+-\d+\.(out|err))$/;
const STREAMS: Readonly<Record<string, ClusterLog['stream']>> = {
  out: 'output',
  err: 'error',
  log: 'events'
};

/** How much of one log is looked through at once, and of all together. */
const PIECE = 262_144;
const MOST_BYTES = 64 * 1024 * 1024;

/** The logs of clusters, also of those that ended. */
export class Logs {
  constructor(private readonly _known: Pick<Known, 'need'>) {}

  async list(id: string): Promise<ClusterReply<'logs'>> {
    const tended = this._known.need(id);
    if (tended.watch.socketPath !== null) {
      const { logs } = await tended.ask('logs', {});
      return { logs: logs.map(({ isEnded, ...log }) => ({ ...log, ended: isEnded })) };
    }
    return { logs: await listFolder(await tended.host(), folderOf(tended)) };
  }

  async read({ id, log, offset, most }: ClusterBody<'readLog'>): Promise<LogPiece> {
    const tended = this._known.need(id);
    if (tended.watch.socketPath !== null) {
      return tended.ask('log', { id: log, offset, most });
    }
    if (!NAME.test(log)) {
      throw new HepbatchError('not-found', `${log}: no such log`, { next: 'Ask for the list.' });
    }
    return readPiece(await tended.host(), `${folderOf(tended)}/${log}`, offset, most);
  }

  /** Looks through all logs, each from its begin, until there are enough lines. */
  async search({ id, text, most }: ClusterBody<'searchLogs'>): Promise<ClusterReply<'searchLogs'>> {
    const { logs } = await this.list(id);
    const wanted = text.toLowerCase();
    const lines: { log: string; offset: number; text: string }[] = [];
    let bytes = 0;
    for (const log of logs) {
      let next = log.bytes === null ? Infinity : 0;
      while (next < (log.bytes ?? 0)) {
        const piece = await this.read({ id, log: log.id, offset: next, most: PIECE });
        if (piece.next <= next) {
          break;
        }
        // A line that the piece cuts off is read again with the next one.
        const end = piece.next < piece.size ? piece.text.lastIndexOf('\n') + 1 : piece.text.length;
        const whole = end === 0 ? piece.text : piece.text.slice(0, end);
        let offset = piece.offset;
        for (const line of whole.split('\n')) {
          if (line.toLowerCase().includes(wanted)) {
            lines.push({ log: log.id, offset, text: line.slice(0, 1000) });
          }
          offset += Buffer.byteLength(line) + 1;
        }
        next = end === 0 ? piece.next : piece.offset + Buffer.byteLength(whole);
        bytes += Buffer.byteLength(whole);
        if (lines.length > most || bytes > MOST_BYTES) {
          return { lines: lines.slice(0, most), cut: true };
        }
      }
    }
    return { lines, cut: false };
  }
}

/** Where its supervisor said that logs lie, or else where they lie by default. */
function folderOf({ folder, watch, record, card }: Tended): string {
  return (
    watch.seen.description?.logFolder ??
    record?.logFolder ??
    card.options.logFolder ??
    `${folder}/logs`
  );
}

async function listFolder(host: IHost, folder: string): Promise<ClusterLog[]> {
  const logs: ClusterLog[] = [];
  try {
    for await (const part of host.list(folder, new AbortController().signal)) {
      for (const { name, kind } of part) {
        if (kind === 'file' && NAME.test(name)) {
          logs.push(await describe(host, folder, name));
        }
      }
    }
  } catch (error) {
    if (error instanceof HepbatchError && error.code === 'not-found') {
      return []; // it wrote none
    }
    throw error;
  }
  return logs.sort((a, b) => a.id.localeCompare(b.id));
}

async function describe(host: IHost, folder: string, name: string): Promise<ClusterLog> {
  const number = /-(\d[\d.]*?)\.(?:out|err|log)$/.exec(name)?.[1] ?? null;
  const ending = name.slice(name.lastIndexOf('.') + 1);
  const isScheduler = name === 'scheduler.log';
  return {
    id: name,
    kind: isScheduler ? 'scheduler' : 'job',
    worker: null,
    job: isScheduler ? null : number,
    stream: isScheduler ? 'output' : (STREAMS[ending] ?? 'output'),
    bytes: (await host.stat(`${folder}/${name}`))?.bytes ?? 0,
    ended: true
  };
}
