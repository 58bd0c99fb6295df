import { randomUUID } from 'node:crypto';
import { vanillaBackend, SCHEDULER } from './prepare/options';
import { importFolder } from './act/import/import-folder';
import type { IPlanningWorld } from './planning';
import type { Schedulers } from './reach';
import type { SubmissionBody } from './service';
import type { SubmissionRecord, SubmissionStore } from './store';

/** What taking up a folder needs. */
export interface ITakeUpWorld {
  readonly planning: Pick<IPlanningWorld, 'connections' | 'now'>;
  readonly schedulers: Schedulers;
  readonly store: SubmissionStore;
}

/**
 * Keeps a folder of the framework's own submitter as a submission that is watched; on the disk when this
 * resolves. One that is known is answered as it is. Throws as `importFolder`.
 */
export async function takeUp(
  { connection, folder }: SubmissionBody<'import'>,
  { planning, schedulers, store }: ITakeUpWorld,
  known: readonly SubmissionRecord[],
  signal: AbortSignal
): Promise<SubmissionRecord> {
  const { profile } = await planning.connections.read(connection);
  const host = await planning.connections.host(connection);
  const home = folder.startsWith('~') ? await homeOf(host.run.bind(host), signal) : '';
  const path = folder.replace(/^~/, home).replace(/\/+$/, '');
  const old = known.find(one => one.folder === path && one.connection === connection);
  if (old !== undefined) {
    return old;
  }
  const backend = vanillaBackend(profile);
  const record: SubmissionRecord = {
    ...{ version: 1, token: randomUUID(), parent: null, origin: 'imported', phase: 'written' },
    ...{ connection, address: profile.host, backend, scheduler: SCHEDULER[backend] },
    ...{ request: null, python: ['python3'], limits: null, analysis: '', folder: path },
    ...{ jobsFolder: `${path}/jobs`, output: null, files: 0, warnings: [], stopped: false },
    fetchedJobs: 0,
    createdAt: planning.now().toISOString(),
    ...{ submittedAt: null, endedAt: null, failure: null }
  };
  const found = await importFolder(host, await schedulers.of(record, host), record, signal);
  await store.savePlan(record.token, found.plan);
  await store.saveSent(record.token, found.sent);
  const submittedAt = dateOf(found.stamp);
  const whole: SubmissionRecord = {
    ...record,
    analysis: found.plan.analysis,
    output: found.output,
    warnings: [...found.warnings],
    submittedAt
  };
  await store.save(whole);
  return whole;
}

async function homeOf(
  run: (
    argv: readonly string[],
    options: { signal: AbortSignal; timeoutMs: number; maxOutputBytes: number }
  ) => Promise<{ readonly stdout: string }>,
  signal: AbortSignal
): Promise<string> {
  const said = await run(['/bin/sh', '-c', 'printf %s "$HOME"'], {
    ...{ signal, timeoutMs: 60_000, maxOutputBytes: 10_000 }
  });
  return said.stdout;
}

/** The clock of the host that made it is taken for that of this one. */
function dateOf(stamp: string): string | null {
  const parts = /^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)$/.exec(stamp)?.slice(1).map(Number);
  if (parts === undefined) {
    return null;
  }
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  return new Date(year, month - 1, day, hour, minute, second).toISOString();
}
