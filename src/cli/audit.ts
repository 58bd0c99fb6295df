import { stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { HepbatchError, toFailure, type AuditProgress } from '../contract';
import type { IOutcome } from '../agent/audits/outcome';
import { reportBytes, resubmissionText } from '../agent/audits/report';
import { runAudit, type IAuditWorld, type OpenHost } from '../agent/audits/run-audit';
import { openThreads } from '../agent/audits/threads';
import { findFolders } from '../agent/paths';
import { writeAtomically } from '../agent/record';
import { killAll } from '../agent/run';
import { openHostOfAgent } from './agent-host';
import { AUDIT_HELP, parseAuditOptions, type IAuditOptions } from './audit-options';
import { auditText } from './audit-text';
import { printable } from './printable';
import type { ITerminal } from './terminal';

/**
 * `hepbatch audit`.
 * @returns the exit status: 0 all complete, 1 something to resubmit, 2 not done, or not for every
 * dataset, 130 ended by Ctrl-C. Every failure is one clear line on stderr.
 */
export async function audit(
  argv: readonly string[],
  terminal: ITerminal,
  openHost: OpenHost = openHostOfAgent(terminal)
): Promise<number> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await run(argv, terminal, openHost, stop.signal);
  } catch (error) {
    const { code, message, data } = toFailure(error);
    const eraser = terminal.stderr.isTTY === true ? '\r\u001b[K' : '';
    terminal.stderr.write(
      `${eraser}hepbatch audit: ${printable(message.replace(/[^.!?]$/, '$&.'))} ${printable(data.next)}\n`
    );
    return code === 'cancelled' ? 130 : 2;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    killAll();
  }
}

async function run(
  argv: readonly string[],
  terminal: ITerminal,
  openHost: OpenHost,
  signal: AbortSignal
): Promise<number> {
  const { stdout, stderr, cwd } = terminal;
  const options = parseAuditOptions(argv);
  if (options === null) {
    stdout.write(AUDIT_HELP);
    return 0;
  }
  await checkTargets(options, cwd);
  const { request, output, report } = options;
  const world: IAuditWorld = { ...(await auditWorld(terminal)), openHost };
  const startedAt = new Date().toISOString();
  const outcome = await runAudit(request, world, progressOn(terminal), signal);
  for (const [dataset, { urls, answer }] of outcome.datasets) {
    const name = printable(dataset);
    if (answer.unknown !== null) {
      stderr.write(`hepbatch audit: ${name} is unknown: ${printable(answer.unknown)}\n`);
    } else if (urls.length === 0) {
      stderr.write(`hepbatch audit: warning: ${name} has no input file\n`);
    }
  }
  const isAnswered = [...outcome.datasets.values()].some(({ answer }) => answer.unknown === null);
  if (isAnswered) {
    await write(options, outcome, cwd);
  }
  const written = isAnswered ? { output, report } : { output: null, report: null };
  stdout.write(auditText(outcome, stdout.isTTY === true, written));
  if (options.removeStale && isAnswered) {
    const { removeStale } = await import('./audit-stale'); // and no library for who does not ask
    const { yes } = options;
    const wanted = { request, outcome, openHost, startedAt, yes };
    if (!(await removeStale(wanted, terminal, signal))) {
      return 2;
    }
  }
  return statusOf(outcome);
}

/** The world of this process: its environment, its caches, threads from the bundle beside it. */
async function auditWorld({ env, cwd }: ITerminal): Promise<Omit<IAuditWorld, 'openHost'>> {
  const { cache } = await findFolders({
    env,
    uid: process.getuid?.() ?? null,
    tmpdir: tmpdir(),
    home: homedir()
  });
  return { env, cwd, cacheFolder: cache, openPool: openThreads };
}

function statusOf({ datasets }: IOutcome): number {
  const answers = [...datasets.values()].map(({ answer }) => answer);
  return answers.some(({ unknown }) => unknown !== null)
    ? 2
    : answers.some(({ resubmit }) => resubmit.length > 0)
      ? 1
      : 0;
}

/** Both files or none of them is begun; each is there whole or not at all. */
async function write({ request, output, report }: IAuditOptions, outcome: IOutcome, cwd: string) {
  const missing = output === null ? null : resubmissionText(outcome);
  const all = report === null ? null : reportBytes(outcome, request);
  if (report !== null && all !== null) {
    await writeAtomically(resolve(cwd, report), all);
  }
  if (output !== null && missing !== null) {
    await writeAtomically(resolve(cwd, output), missing);
  }
}

/** Refuses what would be found out only after a long audit, or would cost the user a file. */
async function checkTargets(
  { request, output, report }: IAuditOptions,
  cwd: string
): Promise<void> {
  const isThere = request.inputsOn === 'there';
  const inputs = isThere ? [] : [request.samplesJson, request.events ?? request.samplesJson];
  const targets = [output, report].filter(path => path !== null).map(path => resolve(cwd, path));
  for (const target of targets) {
    if (inputs.some(path => resolve(cwd, path) === target)) {
      throw new HepbatchError(
        'conflict',
        `${target} is read by this audit and would be replaced.`,
        {
          next: 'Give another file to --output and --report.'
        }
      );
    }
    const folder = await stat(dirname(target)).catch(() => null);
    if (!folder?.isDirectory()) {
      throw new HepbatchError(
        'not-found',
        `${dirname(target)} is no folder: ${target} cannot be written.`,
        {
          next: 'Make the folder first, or choose another one.'
        }
      );
    }
  }
  if (targets.length === 2 && targets[0] === targets[1]) {
    throw new HepbatchError('conflict', '--output and --report name the same file.', {
      next: 'Give two names.'
    });
  }
}

/** A line that is written over, for a person who waits; nothing otherwise. */
function progressOn({ stderr }: ITerminal): { progress(progress: AuditProgress): void } {
  let last = 0;
  let shown = false;
  return {
    progress: ({ phase, done, total, chunks, opened }) => {
      const isEnd = done === total;
      if (stderr.isTTY !== true || (!isEnd && Date.now() - last < 100)) {
        return;
      }
      last = Date.now();
      const datasets = total === null ? phase : `${done} of ${total} datasets`;
      const text = `${datasets}, ${chunks} chunks${opened > 0 ? `, ${opened} opened` : ''}`;
      stderr.write(isEnd ? (shown ? '\r\u001b[K' : '') : `\r\u001b[K${text}`);
      shown = !isEnd;
    }
  };
}
