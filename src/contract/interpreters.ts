import * as z from 'zod';
import { ConnectionId } from './connections';
import { post } from './endpoint';

/** Which Python runs scheduler and workers: that of a kernel of this Lab, or one by its path. */
export const Interpreter = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('kernel'),
    name: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,200}$/, 'is no name of a kernel')
      .meta({ title: 'Kernel', description: 'As jupyter kernelspec list has it' })
  }),
  z.object({
    kind: z.literal('python'),
    path: z
      .string()
      .regex(/^[/~][^\p{C}]*$/u, 'is no absolute path')
      .meta({ title: 'Interpreter', description: 'Path on that host' })
  })
]);
export type Interpreter = z.infer<typeof Interpreter>;

/** Versions by name, `python` among them; null: it is not installed there. */
export const Versions = z.record(z.string(), z.string().nullable());
export type Versions = z.infer<typeof Versions>;

/** A Python that scheduler and workers of a connection could run with. */
export const Environment = z.object({
  interpreter: Interpreter,
  title: z.string(),
  path: z.string().meta({ description: 'The program; that of a kernel with its first words' }),
  state: z.enum(['checking', 'usable', 'unusable', 'unknown']).meta({
    description: 'unusable: something is missing for this backend'
  }),
  versions: Versions,
  missing: z
    .array(z.string())
    .meta({ description: 'What is not installed, such as dask-jobqueue' }),
  reason: z.string().nullable().meta({ description: 'Why it is unusable or unknown' }),
  fix: z.string().nullable().meta({ description: 'The command that mends it' })
});
export type Environment = z.infer<typeof Environment>;

export const environments = {
  /** The kernels of this Lab where the connection is this machine, and the Pythons of the host. */
  list: post(
    '/environments',
    z.object({
      connection: ConnectionId,
      kernel: z.string().nullable().default(null).meta({
        description: 'Kernel of the notebook; versions that differ from its are told'
      })
    }),
    z.object({ environments: z.array(Environment), mismatches: z.array(z.string()) })
  ),
  /** Looks at one that is named by hand. */
  check: post(
    '/environments/check',
    z.object({
      connection: ConnectionId,
      interpreter: Interpreter,
      kernel: z.string().nullable().default(null)
    }),
    z.object({ environment: Environment, mismatches: z.array(z.string()) })
  )
};
