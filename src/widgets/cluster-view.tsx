import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Cluster, ClusterPreview, ClusterRequest } from '../contract';
import { FailureView } from '../lab/failure';
import { useSignal } from '../lab/redraw';
import type { CellCluster } from './cell-cluster';
import { Head, Verb } from './cell-parts';
import { SizeFields } from './cluster-size';

/** What a cell cannot do by itself; null where it cannot be done here. */
export interface IClusterCellActions {
  readonly openDashboard: ((dashboard: string) => Promise<void>) | null;
  readonly copyCode: (cluster: Cluster) => Promise<void>;
}

/** What the view of a cluster is drawn from. */
export interface IClusterCellProps {
  readonly model: CellCluster;
  readonly actions: IClusterCellActions;
  readonly trans: TranslationBundle;
}

/** A cluster in a cell: a small form before it is started, then its state and its verbs. */
export class ClusterCell extends ReactWidget {
  constructor(private readonly _props: IClusterCellProps) {
    super();
    this.addClass('jp-hepbatch');
    this.addClass('jp-hepbatch-CellBox');
    this.addClass('jp-hepbatch-ClusterCell');
  }

  protected override render() {
    return <Cell {...this._props} />;
  }
}

function Cell(props: IClusterCellProps) {
  const { model, trans } = props;
  useSignal(model.stateChanged);
  const { cluster, request, failure } = model;
  return (
    <>
      {cluster !== null ? (
        <Started {...props} cluster={cluster} />
      ) : request !== null ? (
        <Form {...props} request={request} />
      ) : (
        failure === null && <p className="jp-hepbatch-Hint">{trans.__('Asking the kernel…')}</p>
      )}
      {failure !== null && (
        <FailureView failure={failure} title={trans.__('It could not be done')} trans={trans} />
      )}
    </>
  );
}

function Form(props: IClusterCellProps & { readonly request: ClusterRequest }) {
  const { model, request, trans } = props;
  const { connection, name, options } = request;
  const { minimum, maximum } = options.adaptive ?? {};
  const adaptive = minimum !== undefined && maximum !== undefined ? { minimum, maximum } : null;
  return (
    <>
      <Head
        name={name ?? trans.__('New cluster')}
        word={trans.__('not started')}
        state="ready"
        summary={trans.__('on %1', connection)}
      />
      <SizeFields
        size={{ workers: options.workers ?? 0, adaptive }}
        label={trans.__('Start')}
        isBusy={model.isBusy}
        trans={trans}
        onSize={({ workers, adaptive: bounds }) => {
          model.change(
            bounds === null
              ? { workers, adaptive: undefined }
              : {
                  workers: undefined,
                  adaptive: { idleSeconds: 60, ...options.adaptive, ...bounds }
                }
          );
          void model.start();
        }}
      />
      <div className="jp-hepbatch-Item-actions">
        <Verb
          label={trans.__('Preview')}
          model={model}
          act={async () => {
            await model.look();
          }}
        />
      </div>
      {model.preview !== null && <Previewed preview={model.preview} trans={trans} />}
    </>
  );
}

function Previewed(props: { readonly preview: ClusterPreview; readonly trans: TranslationBundle }) {
  const { preview, trans } = props;
  const { script, submit, scheduler, interpreter, folder, warnings } = preview;
  return (
    <section aria-label={trans.__('What would be run')}>
      <p className="jp-hepbatch-Hint">
        {interpreter.path} · {scheduler} · {folder}
      </p>
      {warnings.map(warning => (
        <p key={warning} className="jp-hepbatch-Cell-warning">
          {warning}
        </p>
      ))}
      {script === null ? (
        <p className="jp-hepbatch-Hint">{trans.__('Workers are processes; there are no jobs.')}</p>
      ) : (
        <pre tabIndex={0} aria-label={trans.__('Job script, for %1', submit.join(' '))}>
          {script}
        </pre>
      )}
    </section>
  );
}

function Started(props: IClusterCellProps & { readonly cluster: Cluster }) {
  const { model, cluster, actions, trans } = props;
  const { name, state, summary, can, mode, failure, why, warnings, losses, scheduler } = cluster;
  const dashboard = can.includes('dashboard') ? (scheduler?.dashboard ?? null) : null;
  const { openDashboard } = actions;
  const said = failure === null ? [] : [failure.message, failure.data.next];
  return (
    <>
      <Head
        name={name}
        word={stateWord(state, trans)}
        state={state}
        summary={summary === state ? '' : summary}
      />
      {[...said, ...why.filter(one => !said.includes(one)), ...warnings].map(sentence => (
        <p key={sentence} className="jp-hepbatch-Cell-warning">
          {sentence}
        </p>
      ))}
      {losses.newest !== null && (
        <p className="jp-hepbatch-Cell-warning">
          {trans.__('Lost: %1 (%2).', losses.newest.worker, losses.newest.cause)}{' '}
          {losses.newest.evidence}
        </p>
      )}
      {can.includes('scale') && (
        <SizeFields
          // What is typed belongs to the size that the cluster had.
          key={JSON.stringify(mode)}
          size={sizeOf(cluster)}
          label={trans.__('Scale')}
          isBusy={model.isBusy}
          trans={trans}
          onSize={({ workers, adaptive }) =>
            void (adaptive === null
              ? model.scale(workers)
              : model.adapt(adaptive.minimum, adaptive.maximum))
          }
        />
      )}
      <div className="jp-hepbatch-Item-actions" role="group" aria-label={name}>
        {dashboard !== null && openDashboard !== null && (
          <Verb
            label={trans.__('Dashboard')}
            model={model}
            act={() => model.run(() => openDashboard(dashboard))}
          />
        )}
        {can.includes('client') && (
          <Verb
            label={trans.__('Copy client code')}
            model={model}
            act={() => model.run(actions.copyCode)}
          />
        )}
        {can.includes('clean') && (
          <Verb label={trans.__('Clean up')} model={model} act={() => model.clean()} />
        )}
        {can.includes('stop') && (
          <Verb label={trans.__('Stop')} model={model} act={() => model.stop()} />
        )}
      </div>
    </>
  );
}

function sizeOf({ mode, workers }: Cluster) {
  return mode?.kind === 'adaptive'
    ? { workers: workers?.joined ?? 0, adaptive: mode }
    : { workers: mode?.workers ?? 0, adaptive: null };
}

function stateWord(state: Cluster['state'], trans: TranslationBundle): string {
  const words: Record<Cluster['state'], string> = {
    starting: trans.__('starting'),
    running: trans.__('running'),
    stopping: trans.__('stopping'),
    stopped: trans.__('stopped'),
    failed: trans.__('failed'),
    lost: trans.__('lost')
  };
  return words[state];
}
