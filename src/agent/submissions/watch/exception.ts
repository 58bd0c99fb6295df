/** What the end of a job's stderr says, in one line or whole: pure. */

/** A line of stderr is cut there; a message that holds a whole table says nothing more by its end. */
const LONGEST = 300;

/** A message longer than this is read in the log. */
const LONGEST_WHOLE = 20_000;

const TRACEBACK = 'Traceback (most recent call last):';

/** `ModuleNotFoundError: No module named 'coffea'`, as Python ends a traceback. */
const EXCEPTION = /^(?:[A-Za-z_][\w.]*\.)?([A-Za-z_]\w*)(?::(?: (.*))?)?$/;

/** Without a traceback only what is called like an exception counts as one. */
const CALLED_SO =
  /^(?:[A-Za-z_][\w.]*\.)?([A-Za-z_]\w*(?:Error|Exception|Interrupt|Exit|Timeout|Killed))(?::(?: (.*))?)?$/;

/** What coffea wraps the exception of a processor in; the one before is the reason. Source: coffea 0.7. */
const WRAPPED = /^Exception: Failed processing file: /;

/** What comes after the message of an exception and is not of it. */
const AFTER =
  /Traceback \(most recent call last\):$|^During handling of the above exception|^The above exception was the direct cause|^(?:srun|slurmstepd|hepbatch): /;

/** Lines that programs of the batch systems add, and that tell nothing of the job. */
const NOISE = /^(?:srun|slurmstepd): (?:error: )?(?:\*\*\* (?:JOB|STEP)|Job step aborted)/;

/**
 * The Python exception that ended it, else the last line that says something; empty where there is none.
 * `text` may begin in the middle of a line.
 */
export function lastWords(text: string): string {
  const lines = linesOf(text);
  return exceptionIn(lines) ?? lastLine(lines);
}

/**
 * The Python exception that ended it with all lines of its message, cut at a length that is still read;
 * null where there is none.
 */
export function wholeException(text: string): string | null {
  const lines = linesOf(text);
  const from = lineOfException(lines);
  if (from === null) {
    return null;
  }
  const length = lines.slice(from + 1).findIndex(line => AFTER.test(line));
  const said = lines.slice(from, length < 0 ? undefined : from + 1 + length);
  const whole = said.map(plain).join('\n').trimEnd();
  return whole.length > LONGEST_WHOLE ? `${whole.slice(0, LONGEST_WHOLE)}…` : whole;
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n|\r/).map(line => line.trimEnd());
}

/** The Python exception of the last traceback; null where there is none. */
function exceptionIn(lines: readonly string[]): string | null {
  const at = lineOfException(lines);
  return at === null ? null : exceptionOf(EXCEPTION, lines[at] ?? '', lines[at + 1]);
}

/** The line where the exception of the last traceback is named; null where there is none. */
function lineOfException(lines: readonly string[]): number | null {
  const found: number[] = [];
  let isInside = false;
  for (const [at, line] of lines.entries()) {
    if (line.endsWith(TRACEBACK)) {
      isInside = true;
    } else if (isInside && line !== '' && !/^\s/.test(line)) {
      isInside = false;
      if (EXCEPTION.test(line)) {
        found.push(at);
      }
    }
  }
  if (found.length === 0) {
    const last = lines.map(line => CALLED_SO.test(line)).lastIndexOf(true);
    return last < 0 ? null : last;
  }
  const last = found.at(-1) ?? null;
  return last !== null && WRAPPED.test(lines[last] ?? '') ? (found.at(-2) ?? last) : last;
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
  const said = plain(text);
  return said.length > LONGEST ? `${said.slice(0, LONGEST)}…` : said;
}

/** Colours and other codes of terminals are no words. */
function plain(line: string): string {
  return line.replace(/\p{Cc}\[[0-9;]*[A-Za-z]/gu, '').replace(/\p{Cc}+/gu, ' ');
}
