import * as z from 'zod';

/** Kernels that turn idle again and again are asked no more often than this, in ms. */
export const ASK_EVERY = 30_000;

/**
 * The addresses and dashboard ports of the schedulers that a kernel started or has a client of.
 * It imports nothing of Dask, waits for nobody, and leaves no name behind.
 */
export const QUESTION = `(lambda modules, json: json.dumps([
  [str(address), info.get("services", {}).get("dashboard")]
  for address, info in [
    (cluster.scheduler_address, cluster.scheduler_info)
    for cluster in list(getattr(
      getattr(modules.get("distributed.deploy.spec"), "SpecCluster", None), "_instances", ()))
    if cluster.status.name == "running"
  ] + [
    (client.scheduler.address, client._scheduler_identity)
    for client in list(getattr(
      getattr(modules.get("distributed.client"), "Client", None), "_instances", ()))
    if client.status == "running"
  ]
]))(__import__("sys").modules, __import__("json"))`;

/** A cluster that a kernel knows. */
export interface IKernelCluster {
  /** Of its scheduler, as Dask names it. */
  readonly scheduler: string;
  /** Of its dashboard, as seen from the machine of the kernel. */
  readonly dashboard: string;
}

const Answer = z.object({
  status: z.literal('ok'),
  user_expressions: z.object({
    found: z.object({ status: z.literal('ok'), data: z.object({ 'text/plain': z.string() }) })
  })
});
const Found = z.array(z.tuple([z.string(), z.int().min(1).max(65_535).nullable()]));

/** What a kernel answered; null where it could not say. */
export function parseAnswer(content: unknown): IKernelCluster[] | null {
  const answer = Answer.safeParse(content);
  if (!answer.success) {
    return null;
  }
  // Python shows a text in quotes.
  const text = answer.data.user_expressions.found.data['text/plain'].slice(1, -1);
  const found = Found.safeParse(parseJson(text));
  if (!found.success) {
    return null;
  }
  const clusters = new Map<string, IKernelCluster>();
  for (const [scheduler, port] of found.data) {
    const host = /^inproc:/.test(scheduler)
      ? '127.0.0.1'
      : /^\w+:\/\/(.+):\d+$/.exec(scheduler)?.[1];
    if (host !== undefined && port !== null) {
      clusters.set(scheduler, { scheduler, dashboard: `${host}:${port}` });
    }
  }
  return [...clusters.values()];
}

/** How long a kernel that is idle now is let alone, in ms; `asked` is when it was asked last. */
export function waitFor(asked: number | null, now: number): number {
  return asked === null ? 0 : Math.max(0, asked + ASK_EVERY - now);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no answer to our question
  }
}
