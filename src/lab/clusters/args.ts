import * as z from 'zod';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import { AdaptiveBounds, ClusterId, clusters, ConnectionId } from '../../contract';

const id = ClusterId.optional().meta({
  description: 'Id of the cluster; left out: the user chooses'
});
const bounds = AdaptiveBounds.shape;
const plain = z.boolean().optional().meta({
  description: 'Plain Dask, for a kernel without hepbatch; left out: as the settings say'
});

/** Arguments of the commands, as types. */
export const COMMAND_ARGS = {
  'new-cluster': z.object({
    connection: ConnectionId.optional().meta({ description: 'Where it runs, to begin with' }),
    like: ClusterId.optional().meta({ description: 'Fill in what this cluster has' }),
    memory: z.string().optional().meta({ description: 'Memory of each worker, such as 6GB' })
  }),
  'add-cluster': z.object({
    connection: ConnectionId.optional().meta({ description: 'Left out: the user chooses' }),
    address: clusters.add.body.shape.address.optional()
  }),
  cluster: z.object({ id }),
  'scale-cluster': z.object({
    id,
    workers: clusters.scale.body.shape.workers
      .optional()
      .meta({ description: 'Left out: the user is asked' })
  }),
  'adapt-cluster': z.object({
    id,
    minimum: bounds.minimum.unwrap().optional(),
    maximum: bounds.maximum.optional().meta({ description: 'Left out: the user is asked' }),
    idleSeconds: bounds.idleSeconds.unwrap().optional()
  }),
  'client-code': z.object({ id, plain }),
  report: z.object({
    id,
    path: z.string().optional().meta({
      description:
        'File as Lab names it, overwritten without a question; left out: the user is asked'
    })
  }),
  loopback: z.object({
    id,
    open: z.boolean().optional().meta({ description: 'Left out: the other way round' })
  })
} as const;

/** The same as JSON Schema, for `describedBy`. */
export function commandSchema(name: keyof typeof COMMAND_ARGS): ReadonlyJSONObject {
  const schema = z.toJSONSchema(COMMAND_ARGS[name], { target: 'draft-07', io: 'input' });
  return schema as ReadonlyJSONObject;
}
