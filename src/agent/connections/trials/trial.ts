import { HepbatchError, toFailure } from '../../../contract';
import type { ConnectionProfile, ConnectionTest, Failure, TestStep } from '../../../contract';
import type { IHost } from '../hosts/host';
import type { IOpenedHost, OpenHost } from '../hosts/open';
import { detailsOf, probeHost } from '../probe/probe';
import type { Prompts } from '../prompts';
import { Questions } from '../questions';
import { credentialsStep, foldersStep, pythonStep, schedulerStep } from './steps';
import type { StepResult } from './steps';

/** What a trial needs. */
export interface ITrialOptions {
  readonly openHost: OpenHost;
  readonly prompts: Prompts;
  readonly now: () => Date;
  /** Why the profile cannot be used here; null where it can. */
  readonly unusable: string | null;
  /** The line that is open already; it is used, and left open. */
  readonly shared: IOpenedHost | null;
  /** Is told of every change. */
  readonly changed: (test: ConnectionTest) => void;
}

type StepName = TestStep['name'];

const STEPS: readonly StepName[] = [
  'configuration',
  'connect',
  'log-in',
  'scheduler',
  'python',
  'folders',
  'credentials'
];

/** Tries a profile step by step. It closes what it opened, however it ends. */
export class Trial {
  constructor(
    id: string,
    private readonly _profile: ConnectionProfile,
    private readonly _options: ITrialOptions
  ) {
    const steps = STEPS.map(name => ({
      name,
      state: 'waiting' as const,
      words: '',
      seconds: null
    }));
    this._test = { id, state: 'running', steps, failure: null, details: null };
  }

  /** How it stands. */
  get test(): ConnectionTest {
    return structuredClone(this._test);
  }

  /** Ends it. */
  cancel(): void {
    this._stop.abort();
  }

  /** Does all steps; never rejects. */
  async run(): Promise<void> {
    let failure: Failure | null = null;
    this._begin('configuration');
    try {
      const { unusable, shared } = this._options;
      if (unusable !== null) {
        const next = 'Use a host that has it.';
        throw new HepbatchError('unsupported', `${unusable}.`, { next });
      }
      const opened = shared ?? (await this._open());
      try {
        if (shared !== null) {
          this._arrive(shared, 'It is open already.', 'Done before.');
        }
        await this._look(opened);
      } finally {
        await (shared === null ? opened.host.close() : undefined);
      }
      failure = this._verdict();
    } catch (error) {
      failure = toFailure(error);
      this._fail(failure);
    }
    const isCancelled = failure?.code === 'cancelled' || this._stop.signal.aborted;
    this._test.state = isCancelled ? 'cancelled' : failure === null ? 'passed' : 'failed';
    this._test.failure = isCancelled ? null : failure;
    for (const step of this._test.steps) {
      if (step.state === 'waiting' || step.state === 'running') {
        Object.assign(step, { state: 'skipped', words: isCancelled ? 'Cancelled.' : '' });
      }
    }
    this._tell();
  }

  private async _open(): Promise<IOpenedHost> {
    const { openHost, prompts } = this._options;
    const { signal } = this._stop;
    this._end('configuration', { state: 'ok', words: '' });
    this._begin('connect');
    const questions = new Questions(prompts, this._profile.id, signal, question => {
      if (question !== null && question.kind !== 'host-key' && this._current === 'connect') {
        this._end('connect', { state: 'ok', words: `${question.title} answers.` });
        this._begin('log-in');
      }
    });
    try {
      const opened = await openHost(this._profile.host, questions.ask, signal);
      const asked = questions.count === 0 ? 'Nothing was asked.' : '';
      this._arrive(opened, opened.host.title, asked);
      return opened;
    } catch (error) {
      throw questions.explain(error);
    }
  }

  private _arrive({ host, clientWhy }: IOpenedHost, connected: string, loggedIn: string): void {
    const isHere = host.client === 'local';
    const client = isHere ? 'This machine.' : `${host.client}: ${clientWhy}`;
    this._end('configuration', { state: 'ok', words: client });
    const state = isHere ? 'skipped' : 'ok';
    this._end('connect', { state, words: isHere ? '' : connected });
    this._end('log-in', { state, words: isHere ? '' : loggedIn });
  }

  private async _look(opened: IOpenedHost): Promise<void> {
    this._begin('scheduler');
    const { now } = this._options;
    const interpreter = this._profile.defaults.python;
    const interpreters = interpreter === undefined ? [] : [interpreter];
    const findings = await probeHost(opened, interpreters, now, this._stop.signal);
    const client = { client: opened.host.client, clientWhy: opened.clientWhy };
    const details = detailsOf(findings, client, this._profile);
    this._test.details = details;
    this._end('scheduler', schedulerStep(this._profile, details));
    this._end('python', pythonStep(this._profile, details));
    const work = await this._workFolder(opened.host);
    this._end('folders', work ?? foldersStep(details));
    this._end('credentials', credentialsStep(this._profile, details, now()));
  }

  /** What is wrong with the folder that the profile names; null where nothing is. */
  private async _workFolder(host: IHost): Promise<StepResult | null> {
    const { defaults } = this._profile;
    const path = 'workFolder' in defaults ? defaults.workFolder : undefined;
    if (path?.startsWith('/') !== true) {
      return null; // of the home folder, whose room is told
    }
    const found = await host.stat(path);
    return found?.kind === 'folder'
      ? null
      : { state: 'failed', words: `The working folder ${path} is ${found ? 'a file' : 'absent'}.` };
  }

  private _verdict(): Failure | null {
    const failed = this._test.steps.find(({ state }) => state === 'failed');
    return failed === undefined
      ? null
      : {
          code: 'unsupported',
          message: failed.words,
          data: { next: 'Correct the profile, or use another host.' }
        };
  }

  /** The step that an error ended. */
  private _fail({ code, message }: Failure): void {
    const isOfSetup = code === 'unsupported' || code === 'bad-request' || code === 'not-found';
    const isBeforeLogIn = this._current === 'configuration' || this._current === 'connect';
    const isReached = code === 'denied' && this._current === 'connect';
    if (isReached) {
      this._end('connect', { state: 'ok', words: 'It answers.' });
    }
    const name: StepName =
      isOfSetup && isBeforeLogIn ? 'configuration' : isReached ? 'log-in' : this._current;
    this._end(name, { state: code === 'connection-lost' ? 'unknown' : 'failed', words: message });
  }

  private _begin(name: StepName): void {
    this._current = name;
    this._began = this._options.now().getTime();
    this._put(name, { state: 'running', words: '', seconds: null });
    this._tell();
  }

  private _end(name: StepName, result: StepResult): void {
    const seconds =
      name === this._current ? (this._options.now().getTime() - this._began) / 1000 : null;
    this._put(name, { ...result, ...(seconds === null ? {} : { seconds }) });
    this._tell();
  }

  private _put(name: StepName, change: Partial<TestStep>): void {
    this._test.steps = this._test.steps.map(step =>
      step.name === name ? { ...step, ...change } : step
    );
  }

  private _tell(): void {
    this._options.changed(this.test);
  }

  private readonly _test: ConnectionTest;
  private readonly _stop = new AbortController();
  private _current: StepName = 'configuration';
  private _began = 0;
}
