import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { AdaptiveBounds, clusters } from '../../contract';
import type { Cluster } from '../../contract';
import { askOnConnection } from '../ask-on-connection';
import { FieldsBody } from '../fields-body';
import type { DaskProfile } from './dask-profile';
import { isInUse } from './words';

/** Asks for a number of workers; null: it stays as it is. */
export async function askWorkers(
  { name, mode, workers }: Cluster,
  trans: TranslationBundle
): Promise<number | null> {
  const now = mode?.kind === 'fixed' ? mode.workers : (workers?.joined ?? 0);
  const answer = await InputDialog.getNumber({
    title: trans.__('Scale %1', name),
    label:
      mode?.kind === 'adaptive'
        ? trans.__('Workers; it is no longer adaptive then')
        : trans.__('Workers'),
    value: now,
    okLabel: trans.__('Scale')
  });
  const read = clusters.scale.body.shape.workers.safeParse(answer.value);
  return answer.button.accept && read.success ? read.data : null;
}

/** Asks for the bounds of adaptive scaling; null: it stays as it is. */
export async function askBounds(
  { name, mode }: Cluster,
  trans: TranslationBundle
): Promise<AdaptiveBounds | null> {
  const first =
    mode?.kind === 'adaptive'
      ? mode
      : { minimum: 0, maximum: Math.max(mode?.workers ?? 0, 1), idleSeconds: 60 };
  const body = new FieldsBody([
    { key: 'minimum', label: trans.__('At least'), type: 'number', value: first.minimum },
    { key: 'maximum', label: trans.__('At most'), type: 'number', value: first.maximum },
    {
      key: 'idleSeconds',
      label: trans.__('Give a worker back after so many idle seconds'),
      type: 'number',
      value: first.idleSeconds
    }
  ]);
  const answer = await showDialog({
    title: trans.__('Make %1 adaptive', name),
    body,
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Make adaptive') })]
  });
  if (!answer.button.accept) {
    return null;
  }
  const { minimum, maximum, idleSeconds } = answer.value ?? {};
  return AdaptiveBounds.parse({
    minimum: Number(minimum),
    maximum: Number(maximum),
    idleSeconds: Number(idleSeconds)
  });
}

/** Asks where a dashboard is; null: nothing shall be added. */
export async function askAddress(
  profiles: readonly DaskProfile[],
  given: { readonly connection: string | null; readonly address: string | null },
  trans: TranslationBundle
): Promise<{ readonly connection: string; readonly address: string } | null> {
  const asked = {
    title: trans.__('Add a cluster by its dashboard'),
    ok: trans.__('Add'),
    label: trans.__('Dashboard address, as seen from that host'),
    hint: 'host:8787'
  };
  const { connection, address } = given;
  const answer = await askOnConnection(profiles, { ...asked, connection, text: address }, trans);
  return answer && { connection: answer.connection, address: answer.text };
}

/** Whether it may stop; asked only where somebody would lose work. */
export async function mayStop(cluster: Cluster, trans: TranslationBundle): Promise<boolean> {
  if (!isInUse(cluster)) {
    return true;
  }
  const clients = cluster.workers?.clients ?? 0;
  const answer = await showDialog({
    title: trans.__('Stop %1?', cluster.name),
    body:
      clients > 0
        ? trans._n(
            '%1 client is connected. Its results on the cluster are lost.',
            '%1 clients are connected. Their results on the cluster are lost.',
            clients
          )
        : trans.__('It has tasks. Their results are lost.'),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Stop') })]
  });
  return answer.button.accept;
}

/** Whether what is left of a lost one may be removed. */
export async function mayClean({ name }: Cluster, trans: TranslationBundle): Promise<boolean> {
  const answer = await showDialog({
    title: trans.__('Clean up %1?', name),
    body: trans.__(
      'Its batch jobs, found by their stamp, are removed, what is left of its processes is ended, and its record is deleted.'
    ),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Clean up') })]
  });
  return answer.button.accept;
}
