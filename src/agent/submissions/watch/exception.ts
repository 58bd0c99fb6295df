/** What the end of a job's stderr says in one line: pure. */

/** A line of stderr is cut there; a message that holds a whole table says nothing more by its end. */
const LONGEST = 300;

const TRACEBACK = 'Traceback (most recent call last):';

/** `ModuleNotFoundError: No module named 'coffea'`, as Python ends a traceback. */
const EXCEPTION = /^(?:[A-Za-z_][\w.]*\.)?([A-Za-z_]\w*)(?::(?: (.*))?)?$/;

/** Without a traceback only what is called like an exception counts as one. */
const CALLED_SO =
  /^(?:[A-Za-z_][\w.]*\.)?([A-Za-z_]\w*(?:Error|Exception|Interrupt|Exit|Timeout|Killed))(?::(?: (.*))?)?$/;

/** What coffea wraps the exception of a processor in; the one before is the reason. Source: coffea 0.7. */
const WRAPPED = /^Exception: Failed processing file: /;

/** Lines that programs of the batch systems add, and that tell nothing of the job. */
const NOISE = /^(?:srun|slurmstepd): (?:error: )?(?:\*\*\* (?:JOB|STEP)|Job step aborted)/;

/**
 * The Python exception that ended it, else the last line that says something; empty where there is none.
 * `text` may begin in the middle of a line.
 */
export function lastWords(text: string): string {
  const lines = text.split(/\r?\n|\r/).map(line => line.trimEnd());
  return exceptionIn(lines) ?? lastLine(lines);
}

/** The Python exception of the last traceback; null where there is none. */
function exceptionIn(lines: readonly string[]): string | null {
  const found: string[] = [];
  let isInside = false;
  for (const [at, line] of lines.entries()) {
    if (line.endsWith(TRACEBACK)) {
      isInside = true;
    } else if (isInside && line !== '' && !/^\s/.test(line)) {
      isInside = false;
      const exception = exceptionOf(EXCEPTION, line, lines[at + 1]);
      if (exception !== null) {
        found.push(exception);
      }
    }
  }
  if (found.length === 0) {
    const bare = lines.map(line => exceptionOf(CALLED_SO, line)).filter(one => one !== null);
    return bare.at(-1) ?? null;
  }
  const last = found.at(-1) ?? null;
  return last !== null && WRAPPED.test(last) ? (found.at(-2) ?? last) : last;
}

/** Without the modules before its name; where it says nothing on its own line, what is on the next. */
function exceptionOf(pattern: RegExp, line: string, next?: string): string | null {
  const [whole, name, message] = pattern.exec(line) ?? [];
  if (whole === undefined || name === undefined) {
    return null;
  }
  const said = message === undefined || message === '' ? (next ?? '').trim() : message;
  const isMore = whole.includes(':') && said !== '';
  return cut(isMore ? `${name}: ${said}` : name);
}

function lastLine(lines: readonly string[]): string {
  const said = lines.filter(line => line.trim() !== '' && !NOISE.test(line));
  return cut((said.at(-1) ?? '').trim());
}

function cut(text: string): string {
  // Colours and other codes of terminals are no words.
  const plain = text.replace(/\p{Cc}\[[0-9;]*[A-Za-z]/gu, '').replace(/\p{Cc}+/gu, ' ');
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
}
