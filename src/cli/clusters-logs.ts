import { setTimeout as sleep } from 'node:timers/promises';
import { clusters } from '../contract';
import type { Cluster } from '../contract';
import type { IAgentClient } from './agent-client';
import type { IClustersCommand } from './clusters-options';
import { logsText } from './clusters-text';
import { printable, printableLines } from './printable';
import type { ITerminal } from './terminal';

const FOLLOW_MS = 1000;

/** So many bytes for each line that is asked for. */
const LINE_BYTES = 1000;

/** `hepbatch clusters logs`: lists them, shows the end of one, follows it, or searches all. */
export async function runLogs(
  client: IAgentClient,
  { id }: Cluster,
  { names, json, follow, lines, search }: IClustersCommand,
  { stdout }: ITerminal,
  signal: AbortSignal
): Promise<number> {
  if (search !== null) {
    const found = await client.call(clusters.searchLogs, { id, text: search });
    stdout.write(
      json
        ? asJson(found)
        : found.lines.map(({ log, text }) => `${printable(`${log}: ${text}`)}\n`).join('')
    );
    return found.lines.length > 0 ? 0 : 1;
  }
  const [, log] = names;
  if (log === undefined) {
    const { logs } = await client.call(clusters.logs, { id });
    stdout.write(json ? asJson({ logs }) : logsText(logs));
    return 0;
  }
  let piece = await client.call(clusters.readLog, {
    id,
    log,
    offset: -Math.min(lines * LINE_BYTES, 262_144)
  });
  const tail = piece.text.trimEnd().split('\n').slice(-lines).join('\n');
  if (json) {
    stdout.write(asJson({ ...piece, text: tail }));
    return 0;
  }
  stdout.write(tail === '' ? '' : `${printableLines(tail)}\n`);
  const isFollowed = () => follow && !signal.aborted;
  while (isFollowed()) {
    piece = await client.call(clusters.readLog, { id, log, offset: piece.next });
    stdout.write(printableLines(piece.text));
    if (piece.next >= piece.size && isFollowed()) {
      await sleep(FOLLOW_MS, undefined, { signal }).catch(() => undefined); // Ctrl-C ends it
    }
  }
  return 0;
}

/** An answer of the agent as it came. */
export function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
