import { HepbatchError } from '../../contract';
import type { JobsOutcome, Submission, SubmissionOptions, SubmissionRequest } from '../../contract';
import { act } from './act/act';
import type { JobVerb } from './act/act';
import { fetchOutput } from './act/fetch';
import { input, readException, readLog } from './act/look-at-job';
import { filesToRunAgain, retryHeld } from './act/retry';
import { again, requestOf } from './again';
import type { Entry } from './entry';
import { machineOf } from './schedulers/htcondor/edit';
import type { IJobChange } from './schedulers/scheduler';
import type { Sender } from './sender';
import type { SubmissionBody, SubmissionReply } from './service';

/** What acting needs. */
export interface IActingWorld {
  /** Throws `not-found`. */
  need(token: string): Entry;
  submit(body: SubmissionBody<'submit'>): Promise<Submission>;
  readonly sender: Sender;
  readonly signal: AbortSignal;
}

/** What people do with submissions and with their jobs. */
export class Acting {
  constructor(private readonly _world: IActingWorld) {}

  /** Looks for what is unknown and sends what is left; `refused`: also what was refused. */
  async goOn(token: string, refused: boolean): Promise<Submission> {
    const entry = this._world.need(token);
    if (entry.record.origin === 'imported') {
      throw new HepbatchError('unsupported', `${entry.record.folder} was not made by hepbatch`, {
        next: 'It is watched only; submit its missing files as a new submission.'
      });
    }
    if (refused && entry.record.stopped) {
      await entry.advance({ stopped: false });
    }
    this._world.sender.start(entry, { again: refused });
    return entry.card;
  }

  async act(
    verb: JobVerb,
    { token, jobs }: SubmissionBody<'hold'>
  ): Promise<SubmissionReply<'hold'>> {
    const entry = this._world.need(token);
    if (verb === 'remove' && jobs.kind === 'all') {
      entry.sending?.abort();
      await entry.advance({ stopped: true });
    }
    const reach = await entry.reach();
    const chosen = entry.chosen(jobs);
    const outcomes = await act(verb, entry.known, reach, chosen, this._world.signal);
    if (verb === 'remove') {
      entry.watch.unwanted(chosen, outcomes);
    }
    return this._after(entry, outcomes);
  }

  async retry(body: SubmissionBody<'retry'>): Promise<SubmissionReply<'retry'>> {
    const entry = this._world.need(body.token);
    const request = requestOf(entry.record);
    const chosen = entry.chosen(body.jobs);
    const samples = filesToRunAgain(entry.known, chosen);
    const reach = await entry.reach();
    const outcomes = await retryHeld(
      entry.known,
      reach,
      chosen,
      changeOf(body),
      this._world.signal
    );
    const child =
      samples.size === 0
        ? null
        : await this._world.submit({
            token: body.child,
            parent: body.token,
            request: withChange(
              again(request, {
                kind: 'content',
                name: `${entry.record.analysis}.json`,
                json: Object.fromEntries([...samples].map(([name, files]) => [name, [...files]]))
              }),
              body,
              entry.record.scheduler
            )
          });
    await this._after(entry, outcomes);
    return { outcomes, child };
  }

  async fetch(token: string): Promise<SubmissionReply<'fetch'>> {
    const entry = this._world.need(token);
    const all = entry.chosen({ kind: 'all' });
    const outcomes = await fetchOutput(entry.known, await entry.reach(), all, this._world.signal);
    entry.watch.fetched();
    const done = outcomes.filter(({ end }) => end === 'done');
    await entry.advance({ fetchedJobs: done.reduce((sum, { jobs }) => sum + jobs, 0) });
    return this._after(entry, outcomes);
  }

  async readLog(body: SubmissionBody<'readLog'>): Promise<SubmissionReply<'readLog'>> {
    const entry = this._world.need(body.token);
    return readLog(entry.known, (await entry.reach()).host, body);
  }

  alike({ token, cluster, proc }: SubmissionBody<'alike'>): Promise<SubmissionReply<'alike'>> {
    const entry = this._world.need(token);
    return Promise.resolve({ jobs: entry.watch.like({ cluster, proc }) });
  }

  async exception(body: SubmissionBody<'exception'>): Promise<SubmissionReply<'exception'>> {
    const entry = this._world.need(body.token);
    return readException(entry.known, (await entry.reach()).host, body);
  }

  async input(body: SubmissionBody<'input'>): Promise<SubmissionReply<'input'>> {
    const entry = this._world.need(body.token);
    return input(entry.known, (await entry.reach()).host, body);
  }

  /** Asks the queue at once: who acted wants to see what came of it. */
  private async _after(
    entry: Entry,
    outcomes: JobsOutcome[]
  ): Promise<{ outcomes: JobsOutcome[]; submission: Submission }> {
    await entry.watch.look(entry.known, this._world.signal, { queue: 'now' });
    if (entry.record.endedAt !== null && entry.card.state !== 'done') {
      await entry.advance({ endedAt: null });
    }
    return { outcomes, submission: entry.card };
  }
}

type Change = Pick<
  SubmissionBody<'retry'>,
  'memoryMb' | 'queue' | 'walltimeSeconds' | 'excludeNodes'
>;

function changeOf({ memoryMb, queue, walltimeSeconds, excludeNodes }: Change): IJobChange {
  return {
    ...(memoryMb === null ? {} : { memoryMb }),
    ...(queue === null ? {} : { queue }),
    ...(walltimeSeconds === null ? {} : { walltimeSeconds }),
    ...(excludeNodes.length === 0 ? {} : { excludeNodes })
  };
}

/** The request with what its jobs are to have more of. */
function withChange(
  request: SubmissionRequest,
  { memoryMb, queue, walltimeSeconds, excludeNodes }: Change,
  scheduler: Entry['record']['scheduler']
): SubmissionRequest {
  const { directives } = request.options;
  const options: SubmissionOptions = {
    ...request.options,
    ...(memoryMb === null ? {} : { memory: memoryMb }),
    ...(queue === null ? {} : { queue }),
    ...(walltimeSeconds === null ? {} : { walltime: clock(walltimeSeconds) }),
    directives:
      excludeNodes.length === 0
        ? directives
        : { ...directives, ...exclusion(directives, excludeNodes, scheduler) }
  };
  return { ...request, options };
}

function exclusion(
  directives: Readonly<Record<string, string>>,
  nodes: readonly string[],
  scheduler: Entry['record']['scheduler']
): Record<string, string> {
  switch (scheduler) {
    case 'htcondor': {
      const others = nodes.map(node => `Machine =!= "${machineOf(node)}"`).join(' && ');
      const { requirements } = directives;
      return {
        requirements: requirements === undefined ? others : `(${requirements}) && ${others}`
      };
    }
    case 'slurm':
      return { '--exclude': [directives['--exclude'], ...nodes].filter(Boolean).join(',') };
    case 'local':
      throw new HepbatchError('unsupported', 'there is but one node here', {
        next: 'Leave the nodes out.'
      });
  }
}

/** As `HH:MM:SS`. */
function clock(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map(part => String(part).padStart(2, '0')).join(':');
}
