/** `hepbatch audit --remove-stale`: shows the stale chunks of an audit, asks, and moves them. */
import { join } from 'node:path';
import { STALE_AT_ONCE, bytesWords } from '../contract';
import type { AuditRequest, StaleChunk, StaleOutcome } from '../contract';
import type { IOutcome } from '../agent/audits/outcome';
import { withPaths, type OpenHost } from '../agent/audits/run-audit';
import { asideOf, lookAtStale, setAside } from '../agent/audits/set-aside';
import type { IOutputPlace } from '../agent/audits/set-aside';
import { printable } from './printable';
import { agreed } from './submit';
import type { ITerminal } from './terminal';
import { openTty } from './tty';

/** Names that are shown of many. */
const SHOWN = 20;

/** What removing needs. */
export interface IStaleOptions {
  readonly request: AuditRequest;
  readonly outcome: IOutcome;
  readonly openHost: OpenHost;
  /** When the audit began. */
  readonly startedAt: string;
  /** Ask nobody. */
  readonly yes: boolean;
}

/**
 * Moves the stale chunks out of the way, once a person agreed. Without a terminal, and without `yes`, it only
 * says what it would do.
 * @returns false where some are left.
 */
export async function removeStale(
  { request, outcome, openHost, startedAt, yes }: IStaleOptions,
  terminal: ITerminal,
  signal: AbortSignal
): Promise<boolean> {
  const say = (text: string) => terminal.stdout.write(`${printable(text)}\n`);
  const paths = [...outcome.datasets].flatMap(([dataset, { answer }]) =>
    answer.unknown === null ? answer.stale.map(path => `${dataset}/${path}`) : []
  );
  if (paths.length === 0) {
    say('No chunk is stale.');
    return true;
  }
  const there = request.on === null ? null : await openHost(request.on);
  const { source } = await withPaths(request, terminal.cwd, there);
  const place: IOutputPlace = { there, env: terminal.env, source, startedAt };
  const aside = asideOf(startedAt.replace(/\D/g, '').slice(0, 17));
  const chunks: StaleChunk[] = [];
  const left: StaleOutcome[] = [];
  for (const some of inParts(paths)) {
    const now = await lookAtStale(place, some);
    chunks.push(...now.chunks);
    left.push(...now.left);
  }
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
  const many = `${chunks.length} stale chunk${chunks.length === 1 ? '' : 's'}, ${bytesWords(bytes)}`;
  const to = join(source, aside);
  if (chunks.length > 0 && !(yes || (await agrees(`Move ${many}, to ${to}?`, signal)))) {
    chunks.slice(0, SHOWN).forEach(({ path }) => say(`would be moved: ${path}`));
    say(`${many}: none was moved; --yes moves them to ${to}`);
    return false;
  }
  let moved = 0;
  for (const some of inParts(chunks)) {
    const outcomes = await setAside(place, aside, some);
    moved += outcomes.filter(({ end }) => end === 'removed').length;
    left.push(...outcomes.filter(({ end }) => end !== 'removed'));
  }
  left.forEach(({ path, end, why }) => say(`${path}: ${end}${why === null ? '' : `: ${why}`}`));
  if (moved > 0) {
    const words = `${moved} of ${paths.length} stale chunks moved`;
    say(`${words} to ${to}; remove that folder once an audit finds all complete.`);
  }
  return left.every(({ end }) => end === 'gone');
}

async function agrees(question: string, signal: AbortSignal): Promise<boolean> {
  const tty = openTty();
  try {
    return tty !== null && (await agreed(tty, question, signal));
  } finally {
    tty?.close();
  }
}

function* inParts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += STALE_AT_ONCE) {
    yield all.slice(at, at + STALE_AT_ONCE);
  }
}
