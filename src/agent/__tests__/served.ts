import { mkdtemp, readdir } from 'node:fs/promises';
import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { Failure, HepbatchError } from '../../contract';
import type { Call } from '../../contract';
import { auditsFeature } from '../audits/feature';
import type { IAudits } from '../audits/service';
import type { IFeatureWorld } from '../feature';
import { startAgent } from '../serve';

/** A real agent of this test, on a real socket in a folder of its own. */
export async function serveHere(audits: Partial<IAudits> = {}, idleMinutes = 15) {
  const home = await mkdtemp(join(tmpdir(), 'agent-'));
  const world = { env: {}, uid: process.getuid?.() ?? null, tmpdir: home, home };
  const features: IFeatureWorld[] = [];
  const openFeatures = (opened: IFeatureWorld) => {
    features.push(opened);
    const none = { list: () => Promise.resolve([]), busy: false, dispose: () => Promise.resolve() };
    // Keeps the getters of what is handed in.
    return Promise.resolve([auditsFeature(Object.setPrototypeOf(audits, none) as IAudits)]);
  };
  const options = { world, version: '1.2.3', idleMinutes, openFeatures };
  const start = () => startAgent(options);
  const { ready, agent } = await start();
  const [feature] = features;
  if (feature === undefined || agent === null) {
    throw new Error('another agent runs in this new folder');
  }
  const { events, folders } = feature;
  const left = () => readdir(folders.runtime);
  return { ...ready, agent, events, folders, start, left };
}

/** One request over the socket, and the whole answer. */
export function ask(socketPath: string, method: string, path: string, body?: string | Buffer) {
  return new Promise<{ status: number; said: unknown }>((resolve, reject) => {
    // A line that was kept may lead to an agent that was killed.
    const asked = request({ socketPath, method, path, agent: false }, answer => {
      let text = '';
      answer.setEncoding('utf8').on('data', chunk => (text += String(chunk)));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, said: JSON.parse(text) }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** A client of the event stream: what came, the last id, and ways to wait, to stop and to leave. */
export async function follow(socketPath: string, since: number | null, headers = {}) {
  const path = since === null ? '/events' : `/events?since=${since}`;
  const heard: { topic: string; sequence: number; id?: string }[] = [];
  const stream = { text: '', id: '', ended: false, beats: 0 };
  let asked: ClientRequest | null = null;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    asked = request({ socketPath, path, headers }, resolve).on('error', reject);
    asked.end();
  });
  answer.setEncoding('utf8').on('data', chunk => {
    const blocks = (stream.text + String(chunk)).split('\n\n');
    stream.text = blocks.pop() ?? '';
    for (const line of blocks.flatMap(block => block.split('\n'))) {
      stream.id = line.startsWith('id: ') ? line.slice(4) : stream.id;
      stream.beats += line === ':' ? 1 : 0;
      if (line.startsWith('data: ')) {
        heard.push(JSON.parse(line.slice(6)) as (typeof heard)[number]);
      }
    }
  });
  answer.on('error', () => undefined);
  answer.on('close', () => (stream.ended = true));
  return { answer, heard, stream, leave: () => asked?.destroy() };
}

/** Waits for a state, not for a time. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** Asks an agent over its socket, as the contract has it. */
export function callOf(socket: string): Call {
  return async ({ method, path, reply }, body) => {
    const sent = method === 'GET' ? undefined : JSON.stringify(body);
    const { status, said } = await ask(socket, method, path, sent);
    if (status !== 200) {
      const { code, message, data } = Failure.parse(said);
      throw new HepbatchError(code, message, data);
    }
    return z.parse(reply, said);
  };
}
