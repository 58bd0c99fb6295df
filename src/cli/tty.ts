import { openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';

/** The terminal of the person who typed the command, whatever stdin and stdout are. */
export interface ITty {
  /** Shows a text. */
  say(text: string): void;
  /**
   * Reads a line, without showing it where it is a secret. Null where the person cancels (Ctrl-C, or
   * Ctrl-D at the beginning) or the signal comes.
   */
  ask(text: string, isSecret: boolean, signal: AbortSignal): Promise<string | null>;
  close(): void;
}

/** Opens the terminal; null where there is none. */
export function openTty(): ITty | null {
  try {
    const input = new ReadStream(openSync('/dev/tty', 'r'));
    const output = new WriteStream(openSync('/dev/tty', 'w'));
    input.pause();
    return {
      say: text => output.write(text),
      ask: (text, isSecret, signal) => ask(input, output, text, isSecret, signal),
      close: () => {
        input.destroy();
        output.destroy();
      }
    };
  } catch {
    return null; // no terminal belongs to this process
  }
}

function ask(
  input: ReadStream,
  output: WriteStream,
  text: string,
  isSecret: boolean,
  signal: AbortSignal
): Promise<string | null> {
  if (signal.aborted) {
    return Promise.resolve(null);
  }
  return new Promise(resolve => {
    let line = '';
    const finish = (answer: string | null) => {
      input.off('data', take).off('error', cancel).off('end', cancel).pause();
      signal.removeEventListener('abort', cancel);
      if (!input.destroyed) {
        input.setRawMode(false);
      }
      output.write('\n');
      resolve(answer);
    };
    const cancel = () => finish(null);
    const take = (piece: string) => {
      for (const key of piece) {
        const edited = edit(line, key);
        if (typeof edited !== 'string') {
          finish(edited.isCancelled ? null : line);
          return;
        }
        if (!isSecret) {
          show(output, line, edited);
        }
        line = edited;
      }
    };
    // Each key comes to us at once, and is shown by us or not at all.
    input.setRawMode(true);
    output.write(text);
    input.setEncoding('utf8').on('data', take).on('error', cancel).on('end', cancel).resume();
    signal.addEventListener('abort', cancel, { once: true });
  });
}

/** The line after a key, or that the line is over; exported for its test. */
export function edit(line: string, key: string): string | { readonly isCancelled: boolean } {
  switch (key) {
    case '\r':
    case '\n':
      return { isCancelled: false };
    case '\u0003': // Ctrl-C
      return { isCancelled: true };
    case '\u0004': // Ctrl-D
      return line === '' ? { isCancelled: true } : line;
    case '\u0008':
    case '\u007f': // backspace
      return Array.from(line).slice(0, -1).join('');
    case '\u0015': // Ctrl-U
      return '';
    default:
      return key < ' ' ? line : line + key;
  }
}

function show(output: WriteStream, before: string, after: string): void {
  const gone = Array.from(before).length - Array.from(after).length;
  output.write(gone > 0 ? '\b \b'.repeat(gone) : after.slice(before.length));
}
