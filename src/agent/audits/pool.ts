import { Worker } from 'node:worker_threads';
import { HepbatchError } from '../../contract';
import { answerDataset } from './answer';
import type { IAnswer, IQuestion, IStep } from './question';
import type { FromWorker } from './worker/messages';

/** Answers for datasets, some at a time. */
export interface IPool {
  /** Rejects with `cancelled` once the pool is closed. */
  answer(question: IQuestion, step: (step: IStep) => void): Promise<IAnswer>;
  close(): void;
}

/** One dataset that waits for its answer. */
interface ITask {
  readonly question: IQuestion;
  readonly step: (step: IStep) => void;
  readonly resolve: (answer: IAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread has its next dataset before it is done with the first, so that it never waits for us. */
const AHEAD = 2;

/** Worker threads that run `script`; they are started when they are needed. */
export class ThreadPool implements IPool {
  constructor(
    private readonly _script: string,
    private readonly _size: number
  ) {}

  /** Starts the threads before there is work: they load while the samples JSON is read. */
  warmUp(): void {
    while (this._workers.size < this._size) {
      this._start();
    }
  }

  answer(question: IQuestion, step: (step: IStep) => void): Promise<IAnswer> {
    return new Promise((resolve, reject) => {
      this._waiting.push({ question, step, resolve, reject });
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
      const task = tasks.length < AHEAD ? this._waiting.shift() : undefined;
      if (!task) {
        return;
      }
      tasks.push(task);
      const { expected } = task.question;
      worker.postMessage(task.question, expected ? [expected.buffer as ArrayBuffer] : []);
    }
  }

  private _leastBusy(): [Worker, ITask[]] {
    const [first] = [...this._workers].sort(([, a], [, b]) => a.length - b.length);
    return first && (first[1].length === 0 || this._workers.size === this._size)
      ? first
      : this._start();
  }

  private _start(): [Worker, ITask[]] {
    const worker = new Worker(this._script, {
      // A dataset's names live for a moment: with room for them they are never copied.
      resourceLimits: { maxYoungGenerationSizeMb: 64 }
    });
    // Answered in the order they were asked.
    const tasks: ITask[] = [];
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'step') {
        tasks[0]?.step(message.step);
      } else {
        tasks.shift()?.resolve(message.answer);
        this._next();
      }
    });
    worker.on('error', error => {
      this._workers.delete(worker);
      tasks.splice(0).forEach(({ reject }) => reject(error));
      this._next();
    });
    this._workers.set(worker, tasks);
    return [worker, tasks];
  }

  /** Each thread with what it works on. */
  private readonly _workers = new Map<Worker, ITask[]>();
  private readonly _waiting: ITask[] = [];
  private _closed = false;
}

/** Answers in this very thread, one dataset after the other: for tests, where no bundle exists. */
export class InlinePool implements IPool {
  async answer(question: IQuestion, step: (step: IStep) => void): Promise<IAnswer> {
    await new Promise(resolve => setImmediate(resolve));
    if (this._closed) {
      throw cancelled();
    }
    return answerDataset(question, step);
  }

  close(): void {
    this._closed = true;
  }

  private _closed = false;
}

function cancelled(): HepbatchError {
  return new HepbatchError('cancelled', 'The audit was cancelled.', { next: 'Start it again.' });
}
