import { Worker } from 'node:worker_threads';
import { HepbatchError } from '../../contract';
import { answerDataset } from './answer';
import type { AskHost, IAnswer, IQuestion, IStep } from './question';
import type { FromWorker, ToWorker } from './worker/messages';

/** Answers for datasets, some at a time. */
export interface IPool {
  /** Rejects with `cancelled` once the pool is closed. `ask` is for outputs on another host. */
  answer(question: IQuestion, step: (step: IStep) => void, ask?: AskHost): Promise<IAnswer>;
  close(): void;
}

/** One dataset that waits for its answer. */
interface ITask {
  readonly question: IQuestion;
  readonly step: (step: IStep) => void;
  readonly ask: AskHost;
  readonly resolve: (answer: IAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Megabytes for objects that live for a moment. With room for a dataset's names they are never copied;
 * where another host is waited for they would only fill that room.
 */
export const YOUNG_MB = { here: 64, there: 16 } as const;

/** A thread has its next dataset before it is done with the first, so that it never waits for us. */
const AHEAD = 2;

/** Worker threads that run `script`; they are started when they are needed. */
export class ThreadPool implements IPool {
  constructor(
    private readonly _script: string,
    private readonly _size: number,
    private readonly _youngMb: number
  ) {}

  /** Starts the threads before there is work: they load while the samples JSON is read. */
  warmUp(): void {
    while (this._workers.size < this._size) {
      this._start();
    }
  }

  answer(
    question: IQuestion,
    step: (step: IStep) => void,
    ask: AskHost = nobodyToAsk
  ): Promise<IAnswer> {
    return new Promise((resolve, reject) => {
      this._waiting.push({ question, step, ask, resolve, reject });
      this._next();
    });
  }

  /** Ends all threads at once, in the middle of what they do: they only read. */
  close(): void {
    this._closed = true;
    for (const [worker, tasks] of this._workers) {
      tasks.forEach(({ reject }) => reject(cancelled()));
      void worker.terminate();
    }
    this._workers.clear();
    this._waiting.splice(0).forEach(({ reject }) => reject(cancelled()));
  }

  private _next(): void {
    if (this._closed) {
      this.close();
      return;
    }
    while (this._waiting.length > 0) {
      const [worker, tasks] = this._leastBusy();
      const task = tasks.size < AHEAD ? this._waiting.shift() : undefined;
      if (!task) {
        return;
      }
      const { question } = task;
      this._begun += 1;
      tasks.set(this._begun, task);
      const columns = question.expected ? [question.expected.buffer as ArrayBuffer] : [];
      post(worker, { kind: 'question', task: this._begun, question }, columns);
    }
  }

  private _leastBusy(): [Worker, Tasks] {
    const [first] = [...this._workers].sort(([, a], [, b]) => a.size - b.size);
    return first && (first[1].size === 0 || this._workers.size === this._size)
      ? first
      : this._start();
  }

  private _start(): [Worker, Tasks] {
    const worker = new Worker(this._script, {
      resourceLimits: { maxYoungGenerationSizeMb: this._youngMb }
    });
    const tasks: Tasks = new Map();
    worker.on('message', (message: FromWorker) => {
      const task = tasks.get(message.task);
      switch (message.kind) {
        case 'step':
          task?.step(message.step);
          break;
        case 'ask':
          void answerAsk(worker, message.ask, task?.ask(message.lines) ?? nobodyToAsk());
          break;
        case 'answer':
          tasks.delete(message.task);
          task?.resolve(message.answer);
          this._next();
      }
    });
    worker.on('error', error => {
      this._workers.delete(worker);
      tasks.forEach(({ reject }) => reject(error));
      tasks.clear();
      this._next();
    });
    this._workers.set(worker, tasks);
    return [worker, tasks];
  }

  /** Each thread with what it works on. */
  private readonly _workers = new Map<Worker, Tasks>();
  private readonly _waiting: ITask[] = [];
  private _begun = 0;
  private _closed = false;
}

/** Answers in this very thread, one dataset after the other: for tests, where no bundle exists. */
export class InlinePool implements IPool {
  async answer(
    question: IQuestion,
    step: (step: IStep) => void,
    ask: AskHost = nobodyToAsk
  ): Promise<IAnswer> {
    await new Promise(resolve => setImmediate(resolve));
    if (this._closed) {
      throw cancelled();
    }
    return answerDataset(question, step, ask);
  }

  close(): void {
    this._closed = true;
  }

  private _closed = false;
}

type Tasks = Map<number, ITask>;

function post(worker: Worker, message: ToWorker, move: ArrayBuffer[] = []): void {
  worker.postMessage(message, move);
}

async function answerAsk(worker: Worker, ask: number, said: Promise<Uint8Array>): Promise<void> {
  try {
    post(worker, { kind: 'said', ask, said: await said });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    post(worker, { kind: 'silent', ask, why });
  }
}

/** Stands where the outputs are on this machine. */
function nobodyToAsk(): Promise<never> {
  return Promise.reject(new Error('the outputs are on this machine: nobody has to be asked'));
}

function cancelled(): HepbatchError {
  return new HepbatchError('cancelled', 'The audit was cancelled.', { next: 'Start it again.' });
}
