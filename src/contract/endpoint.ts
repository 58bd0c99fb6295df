import * as z from 'zod';

/** One question to the agent: verb, path, what goes in, what comes out. */
export interface IEndpoint<B extends z.ZodType, R extends z.ZodType> {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: B;
  readonly reply: R;
}

/** A question without a body; it changes nothing. */
export const get = <R extends z.ZodType>(path: string, reply: R) =>
  ({ method: 'GET', path, body: z.undefined(), reply }) as const;

/** A question with a JSON body; the only kind that may change state. */
export const post = <B extends z.ZodType, R extends z.ZodType>(path: string, body: B, reply: R) =>
  ({ method: 'POST', path, body, reply }) as const;

/**
 * Asks the agent, by whatever road: the Jupyter server, a kernel's comm, the socket itself.
 * Rejects with `HepbatchError`.
 */
export type Call = <B extends z.ZodType, R extends z.ZodType>(
  endpoint: IEndpoint<B, R>,
  body: z.input<B>
) => Promise<z.output<R>>;
