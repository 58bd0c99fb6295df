import { PassThrough } from 'node:stream';
import type { HostRunResult, IHostProcess } from '../../../connections/hosts/host';
import type { IThere } from '../there';
import { thisMachine } from './here';

/** Which program is cut off, by a word of its arguments, and after how many bytes of what it says. */
export interface ICut {
  readonly word: string;
  readonly bytes: number;
}

/** This machine, by a line that breaks: the program is gone in the middle of what it says. */
export function breakingLine({ word, bytes }: ICut): IThere['host'] {
  const host = thisMachine();
  return {
    title: 'far away',
    run: (...asked) => host.run(...asked),
    read: (...asked) => host.read(...asked),
    write: (...asked) => host.write(...asked),
    start: async (argv, options) => {
      const started = await host.start(argv, options);
      return argv.some(text => text.includes(word)) ? cut(started, bytes) : started;
    }
  };
}

function cut(started: IHostProcess, bytes: number): IHostProcess {
  const stdout = new PassThrough();
  const ended = new Promise<HostRunResult>(resolve => {
    let left = bytes;
    started.stdout.on('data', (chunk: Buffer) => {
      stdout.write(chunk.subarray(0, left));
      left = Math.max(0, left - chunk.length);
      if (left === 0) {
        stdout.end();
        void started.kill();
        // A broken line is noticed later than the last words come.
        const lost = { end: 'unknown', reason: 'the line broke', stdout: '', stderr: '' } as const;
        setTimeout(() => resolve(lost), 100);
      }
    });
    // What it had said before it ended was less than that: it is as it is.
    void started.ended.then(result => {
      if (left > 0) {
        stdout.end();
        resolve(result);
      }
    });
  });
  const { stdin, stderr } = started;
  return { stdin, stdout, stderr, ended, kill: () => started.kill() };
}
