import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';

const Said = z.looseObject({ error: z.string().optional() });

/** What a link to a server can be told; see testbed/tcp-proxy. */
export interface ILink {
  readonly port: number;
  /** Switches a fault; resolves when it holds. */
  tell(fault: Readonly<Record<string, unknown>>): Promise<void>;
  end(): void;
}

/** A link to a port of this machine whose faults are switched by the test. */
export async function openLink(port: number): Promise<ILink> {
  const proxy = spawn('python3', [resolve('testbed/tcp-proxy'), '--child', `localhost:${port}`], {
    stdio: ['pipe', 'pipe', 'inherit']
  });
  const lines = createInterface(proxy.stdout);
  const next = async (): Promise<unknown> => JSON.parse(String((await once(lines, 'line'))[0]));
  const ready = z.looseObject({ port: z.number() }).parse(await next());
  return {
    port: ready.port,
    tell: async fault => {
      const answer = next();
      proxy.stdin.write(`${JSON.stringify(fault)}\n`);
      const { error } = Said.parse(await answer);
      if (error !== undefined) {
        throw new Error(error);
      }
    },
    end: () => proxy.stdin.end()
  };
}
