import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import {
  HepbatchError,
  toFailure,
  type Audit,
  type AuditReport,
  type AuditRequest
} from '../../contract';
import type { EventHub } from '../events';
import type { ILog } from '../log';
import type { Environment } from '../run';
import { chunksOf, countRows } from './disk';
import { entryOf, type IEntry } from './entry';
import { exportOf, saveExport } from './export';
import { FileTable } from './file-table';
import { changesBetween, earlierOf } from './changes';
import type { IOutcome } from './outcome';
import { resultOf, summarize, type DatasetResult, type IResult } from './result';
import { runAudit, withPaths, type IAuditWorld, type OpenHost } from './run-audit';
import type { AuditBody, AuditReply, IAudits } from './service';
import { removeStale, staleNow, type IAnswered } from './stale';
import type { AuditStore } from './store';
import { lookThere } from './there/look';
import type { IThere } from './there/there';
import { LocalTree } from './tree/local-tree';
import { UnreadableTree, type ITree } from './tree/tree';

/** What the audits of an agent are made of. */
export interface IAuditsOptions {
  readonly env: Environment;
  readonly cacheFolder: string;
  readonly store: AuditStore;
  readonly events: EventHub;
  readonly log: ILog;
  readonly openPool: IAuditWorld['openPool'];
  readonly openHost: OpenHost;
}

/** The note of an audit whose agent died. */
const BEGUN_AGAIN = 'The agent ended while this audit ran; it was begun again.';

/** Progress goes out at most so often. */
const TELL_MS = 250;

/** Answers that are kept in memory; older ones are read again when somebody looks. */
const IN_MEMORY = 4;

/** The audits of this user; see `IAudits`. */
export class Audits implements IAudits {
  /**
   * Reads the records. An audit that was running when its agent died is begun again, once: should
   * it be the cause, the next agent lives.
   */
  static async open(options: IAuditsOptions): Promise<Audits> {
    const audits = new Audits(options);
    for (const audit of (await options.store.load()).reverse()) {
      await audits._takeUp(audit);
    }
    return audits;
  }

  private constructor(private readonly _options: IAuditsOptions) {}

  get busy(): boolean {
    return [...this._entries.values()].some(({ audit }) => audit.state === 'running');
  }

  list(): Promise<Audit[]> {
    return Promise.resolve([...this._entries.values()].map(({ audit }) => audit).reverse());
  }

  async start(asked: AuditRequest): Promise<Audit> {
    for (const path of [asked.samplesJson, asked.source]) {
      if (!path.startsWith('/') && !path.startsWith('~/') && !path.includes('://')) {
        throw new HepbatchError('bad-request', `${path} is not an absolute path.`, {
          next: 'Give a path that begins with / or ~/.'
        });
      }
    }
    const request = { ...(await withPaths(asked, '/', await this._there(asked))), on: asked.on };
    const startedAt = new Date().toISOString();
    const entry = entryOf({
      id: `${startedAt.replace(/\D/g, '').slice(0, 14)}-${randomBytes(3).toString('hex')}`,
      request,
      state: 'running',
      startedAt,
      finishedAt: null,
      progress: { phase: 'reading', done: 0, total: null, chunks: 0, opened: 0 },
      checked: 'nothing',
      summary: null,
      changes: null,
      notes: [],
      failure: null
    });
    // A record from the start: an audit that its agent does not survive is not forgotten.
    await this._options.store.save(entry.audit, null);
    this._begin(entry);
    return entry.audit;
  }

  read(id: string): Promise<Audit> {
    return Promise.resolve(this._entry(id).audit);
  }

  async cancel(id: string): Promise<Audit> {
    const entry = this._entry(id);
    entry.stop.abort();
    await entry.done;
    return entry.audit;
  }

  async remove(id: string): Promise<void> {
    await this.cancel(id);
    await this._options.store.remove(id);
    this._entries.delete(id);
    this._options.events.publish({ topic: 'audit-removed', id });
  }

  async datasets(id: string): Promise<AuditReply<'datasets'>> {
    const result = await this._result(id);
    return { datasets: result.datasets.map(({ row }) => row), notInJson: [...result.notInJson] };
  }

  async files(query: AuditBody<'files'>): Promise<AuditReply<'files'>> {
    const result = await this._result(query.id);
    const entry = this._entry(query.id);
    entry.table ??= new FileTable(result, entry.earlier);
    return entry.table.page(query);
  }

  async chunks(id: string, dataset: string, file: string): Promise<AuditReply<'chunks'>> {
    const { row, problems, outcome } = await this._dataset(id, dataset);
    const index = outcome?.urls.indexOf(file) ?? -1;
    const known = outcome?.ids[index] ?? problems.find(problem => problem.file === file)?.id;
    if (known === undefined) {
      throw new HepbatchError('not-found', `${file} is no file of dataset ${dataset}.`, {
        next: 'Run the audit again.'
      });
    }
    return this._looking(id, dataset, tree => chunksOf(tree, row.variations, known));
  }

  async names({
    id,
    kind,
    datasets,
    offset,
    limit
  }: AuditBody<'names'>): Promise<AuditReply<'names'>> {
    const wanted = datasets && new Set(datasets);
    const rows = (await this._result(id)).datasets
      .filter(({ row }) => !wanted || wanted.has(row.dataset))
      .flatMap(({ row, stale, foreign }) =>
        kind === 'stale' ? stale : foreign.map(name => `${row.dataset}/nominal/${name}`)
      );
    return { total: rows.length, rows: rows.slice(offset, offset + limit) };
  }

  async rows(id: string, dataset: string): Promise<AuditReply<'rows'>> {
    await this._dataset(id, dataset);
    return this._looking(id, dataset, tree => countRows(tree, 'nominal'));
  }

  async export(query: AuditBody<'export'>): Promise<AuditReply<'export'>> {
    const exported = exportOf(await this._result(query.id), query.datasets);
    const { path, pathOn, overwrite } = query;
    if (path === null) {
      return { ...exported, savedAs: null };
    }
    const { request } = this._entry(query.id).audit;
    const there = pathOn === 'there' ? await this._there(request) : null;
    const savedAs = await saveExport(exported.text, { path, overwrite }, request, there);
    return { ...exported, savedAs };
  }

  async report(id: string): Promise<AuditReport> {
    const { datasets } = await this._result(id);
    const { convention, source, chunk } = this._entry(id).audit.request;
    return {
      version: 1,
      convention,
      source,
      chunk,
      datasets: Object.fromEntries(
        datasets.map(({ row, problems, stale, foreign }) => [
          row.dataset,
          { files: row.files, events: row.events, problems, stale, foreign, unknown: row.unknown }
        ])
      )
    };
  }

  async stale(query: AuditBody<'stale'>): Promise<AuditReply<'stale'>> {
    return staleNow(await this._answered(query.id), query);
  }

  async removeStale(query: AuditBody<'removeStale'>): Promise<AuditReply<'removeStale'>> {
    return removeStale(await this._answered(query.id), query);
  }

  async dispose(): Promise<void> {
    const running = [...this._entries.values()].filter(({ audit }) => audit.state === 'running');
    running.forEach(({ stop }) => stop.abort());
    await Promise.all(running.map(({ done }) => done));
  }

  /** The host of an audit; null: this machine. Throws where it is not open. */
  private async _there({ on }: AuditRequest): Promise<IThere | null> {
    return on === null ? null : this._options.openHost(on);
  }

  /** Looks at the folder of a dataset as it is now. */
  private async _looking<T>(
    id: string,
    dataset: string,
    look: (tree: ITree) => Promise<T>
  ): Promise<T> {
    const { request } = this._entry(id).audit;
    const folder = join(request.source, dataset);
    const there = await this._there(request);
    try {
      return await (there ? lookThere(there, folder, look) : look(new LocalTree(folder)));
    } catch (cause) {
      if (cause instanceof UnreadableTree) {
        const next = 'Look at its permissions, then try again.';
        throw new HepbatchError('denied', cause.message, { next }, { cause });
      }
      throw cause;
    }
  }

  private _begin(entry: IEntry): void {
    this._entries.set(entry.audit.id, entry);
    this._tell(entry);
    entry.done = this._run(entry);
  }

  private async _takeUp(audit: Audit): Promise<void> {
    const entry = entryOf(audit);
    this._entries.set(audit.id, entry);
    if (audit.state !== 'running') {
      return;
    }
    if (!audit.notes.includes(BEGUN_AGAIN)) {
      audit.notes = [BEGUN_AGAIN];
      await this._options.store.save(audit, null);
      this._begin(entry);
      return;
    }
    audit.state = 'failed';
    audit.finishedAt = new Date().toISOString();
    audit.failure = {
      code: 'internal',
      message: 'The agent ended twice while this audit ran.',
      data: { next: 'Look at the log of the agent, then run it again.' }
    };
    await this._options.store.save(audit, null);
  }

  private async _run(entry: IEntry): Promise<void> {
    const { request } = entry.audit;
    const { env, cacheFolder, openPool, openHost, log, store } = this._options;
    // Relative file names of a samples JSON begin where it lies: the agent stands nowhere.
    const world = { env, cacheFolder, openPool, openHost, cwd: dirname(request.samplesJson) };
    const before = await this._before(entry.audit).catch((error: unknown) => {
      log.warn('the audit before cannot be read', error);
      return null;
    });
    const kept = entry.audit.notes;
    const take = (outcome: IOutcome) => {
      entry.result = resultOf(outcome);
      entry.table = null;
      entry.audit.checked = outcome.checked;
      entry.audit.notes = [...kept, ...outcome.notes];
      entry.audit.summary = summarize(entry.result);
      if (before) {
        entry.earlier = earlierOf(before.result);
        entry.audit.changes = changesBetween(before.audit, before.result, entry.result);
      }
      this._tell(entry);
    };
    let told = 0;
    const listener = {
      progress: (progress: Audit['progress']) => {
        entry.audit.progress = progress;
        if (Date.now() - told >= TELL_MS) {
          told = Date.now();
          this._tell(entry);
        }
      },
      provisional: take
    };
    const end = async (how: Pick<Audit, 'state' | 'failure'>) => {
      const finishedAt = new Date().toISOString();
      const progress = { ...entry.audit.progress, phase: 'done' as const };
      const ended: Audit = { ...entry.audit, ...how, finishedAt, progress };
      // On the disk before anybody is told that it is done.
      await store.save(ended, entry.result).catch((error: unknown) => {
        log.error(`audit ${ended.id} is not recorded`, error);
        ended.notes = [...ended.notes, `This answer is not kept: ${toFailure(error).message}`];
      });
      entry.audit = ended;
    };
    try {
      take(await runAudit(request, world, listener, entry.stop.signal));
      await end({ state: 'done', failure: null });
    } catch (error) {
      const failure = toFailure(error);
      log.warn(`audit ${entry.audit.id} ended: ${failure.code}`, error);
      await end({ state: failure.code === 'cancelled' ? 'cancelled' : 'failed', failure });
    }
    this._forgetResults();
    this._tell(entry);
  }

  private async _answered(id: string): Promise<IAnswered> {
    const result = await this._result(id);
    const { audit } = this._entry(id);
    const later = [...this._entries.values()].filter(
      ({ audit: other }) =>
        other.startedAt > audit.startedAt && isSame(other, audit, ['on', 'source', 'samplesJson'])
    );
    const { source } = audit.request;
    const place = {
      there: await this._there(audit.request),
      env: this._options.env,
      ...{ source, startedAt: audit.startedAt }
    };
    return { audit, result, place, newer: later.at(-1)?.audit ?? null };
  }

  /** The newest finished audit of the same samples JSON and folder, with its answer. */
  private async _before(now: Audit): Promise<{ audit: Audit; result: IResult } | null> {
    const same = [...this._entries.values()]
      .filter(({ audit }) => audit.id !== now.id && audit.state === 'done')
      .filter(({ audit }) => isSame(audit, now, SAME))
      .at(-1);
    const result = same && (same.result ?? (await this._options.store.result(same.audit.id)));
    return result ? { audit: same.audit, result } : null;
  }

  private _entry(id: string): IEntry {
    const entry = this._entries.get(id);
    if (!entry) {
      throw new HepbatchError('not-found', `There is no audit ${id}.`, {
        next: 'It was removed; look at the list of audits.'
      });
    }
    return entry;
  }

  private async _result(id: string): Promise<IResult> {
    const entry = this._entry(id);
    entry.result ??= await this._options.store.result(id);
    if (!entry.result) {
      const { state } = entry.audit;
      throw new HepbatchError('not-found', `Audit ${id} is ${state} and has no answer.`, {
        next: state === 'running' ? 'Wait until names are read.' : 'Run it again.'
      });
    }
    return entry.result;
  }

  private async _dataset(id: string, dataset: string): Promise<DatasetResult> {
    const found = (await this._result(id)).datasets.find(({ row }) => row.dataset === dataset);
    if (!found) {
      throw new HepbatchError('not-found', `Audit ${id} has no dataset ${dataset}.`, {
        next: 'Look at the list of datasets.'
      });
    }
    return found;
  }

  private _forgetResults(): void {
    const held = [...this._entries.values()].filter(
      ({ audit, result }) => audit.state !== 'running' && result !== null
    );
    for (const entry of held.slice(0, -IN_MEMORY)) {
      entry.result = null;
      entry.table = null;
    }
  }

  private _tell({ audit }: IEntry): void {
    this._options.events.publish({ topic: 'audit', audit: structuredClone(audit) });
  }

  /** Oldest first. */
  private readonly _entries = new Map<string, IEntry>();
}

const SAME = ['on', 'inputsOn', 'samplesJson', 'source', 'convention'] as const;

/** Whether two audits ask for the same things. */
function isSame(a: Audit, b: Audit, keys: readonly (keyof AuditRequest)[]): boolean {
  return keys.every(key => a.request[key] === b.request[key]);
}
