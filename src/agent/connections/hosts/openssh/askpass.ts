import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod';
import { fileError } from '../../../record';
import type { Environment } from '../../../run';
import { quote } from '../quote';

/** Answers what ssh asks; null: it gets no answer. The signal comes when ssh no longer waits. */
export type Answer = (text: string, signal: AbortSignal) => Promise<string | null>;

const Asked = z.object({ key: z.string(), text: z.string() });

/** More than any question has. */
const MAX_CHARS = 64 * 1024;

/**
 * The program that ssh starts for each question. It knows where the agent listens; the key that
 * lets it ask comes by its environment, so it is in no file and in no list of arguments.
 */
const PROGRAM = `
const [path, text = ''] = process.argv.slice(1);
const socket = require('node:net').connect(path);
let said = '';
socket.setEncoding('utf8').on('data', part => { said += part; });
socket.on('error', () => process.exit(1));
socket.on('close', () => {
  if (!said.endsWith('\\n')) process.exit(1);
  process.stdout.write(JSON.parse(said) + '\\n');
});
socket.write(JSON.stringify({ key: process.env.HEPBATCH_ASKPASS_KEY, text }) + '\\n');`;

/** The questions of one login: a socket of this user alone, a key that dies with the login. */
export class Askpass {
  private constructor(
    private readonly _server: Server,
    private readonly _key: string,
    private readonly _answer: Answer,
    /** What ssh has to be started with. */
    readonly env: Environment
  ) {
    _server.on('connection', socket => void this._serve(socket));
  }

  /** Listens in a folder that only this user can enter. */
  static async open(folder: string, answer: Answer): Promise<Askpass> {
    const key = randomBytes(32).toString('hex');
    const socket = join(folder, 'q');
    const program = join(folder, 'ask');
    // What changes how Node starts is meant for the programs of the user, not for this one.
    const argv = [process.execPath, '-e', PROGRAM, '--', socket].map(quote).join(' ');
    const script = `#!/bin/sh\nunset NODE_OPTIONS\nexec ${argv} "$1"\n`;
    await writeFile(program, script, { mode: 0o700 }).catch(fileError(program));
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socket, resolve);
    })
      .then(() => chmod(socket, 0o600))
      .catch(fileError(socket));
    return new Askpass(server, key, answer, {
      SSH_ASKPASS: program,
      SSH_ASKPASS_REQUIRE: 'force',
      HEPBATCH_ASKPASS_KEY: key
    });
  }

  /** Ends it; whatever still asks gets no answer, and the key opens nothing any more. */
  close(): void {
    this._sockets.forEach(socket => socket.destroy());
    this._server.close();
  }

  private async _serve(socket: Socket): Promise<void> {
    this._sockets.add(socket);
    const gone = new AbortController();
    socket.on('error', () => undefined); // `close` follows
    socket.once('close', () => {
      this._sockets.delete(socket);
      gone.abort();
    });
    const asked = parse(await readLine(socket));
    const answer =
      asked !== null && isSame(asked.key, this._key)
        ? await this._answer(asked.text, gone.signal)
        : null;
    socket.end(answer === null ? '' : `${JSON.stringify(answer)}\n`);
  }

  private readonly _sockets = new Set<Socket>();
}

function readLine(socket: Socket): Promise<string> {
  return new Promise(resolve => {
    let said = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      said += part;
      if (said.endsWith('\n') || said.length > MAX_CHARS) {
        resolve(said);
      }
    });
    socket.once('close', () => resolve(''));
  });
}

function parse(line: string): z.infer<typeof Asked> | null {
  try {
    return Asked.parse(JSON.parse(line));
  } catch {
    return null; // whoever that was, it is not our program
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
