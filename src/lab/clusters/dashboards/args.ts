import * as z from 'zod';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import { DashboardId, DashboardPage } from '../../../contract';

const id = DashboardId.optional().meta({
  description: 'Id of the dashboard; left out: the user chooses'
});

/** Arguments of the commands, as types. */
export const DASHBOARD_ARGS = {
  page: z.object({
    id,
    path: DashboardPage.shape.path.optional().meta({ description: 'Left out: the status page' })
  }),
  dashboard: z.object({ id })
} as const;

/** The same as JSON Schema, for `describedBy`. */
export function dashboardSchema(name: keyof typeof DASHBOARD_ARGS): ReadonlyJSONObject {
  const schema = z.toJSONSchema(DASHBOARD_ARGS[name], { target: 'draft-07', io: 'input' });
  return schema as ReadonlyJSONObject;
}
