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
    for (const [worker, task] of this._workers) {
      task?.reject(cancelled());
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
      const idle = [...this._workers].find(([, task]) => task === null)?.[0];
      const worker = idle ?? (this._workers.size < this._size ? this._start() : null);
      const task = worker && this._waiting.shift();
      if (!task) {
        return;
      }
      this._workers.set(worker, task);
      worker.postMessage(task.question);
    }
  }

  private _start(): Worker {
    const worker = new Worker(this._script, {
      // A dataset's names live for a moment: with room for them they are never copied.
      resourceLimits: { maxYoungGenerationSizeMb: 64 }
    });
    const finish = (end: (task: ITask) => void, gone: boolean) => {
      const task = this._workers.get(worker);
      if (gone) {
        this._workers.delete(worker);
      } else {
        this._workers.set(worker, null);
      }
      if (task) {
        end(task);
      }
      this._next();
    };
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'step') {
        this._workers.get(worker)?.step(message.step);
      } else {
        finish(task => task.resolve(message.answer), false);
      }
    });
    worker.on('error', error => finish(task => task.reject(error), true));
    this._workers.set(worker, null);
    return worker;
  }

  /** Each thread with what it works on. */
  private readonly _workers = new Map<Worker, ITask | null>();
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
