import { useState } from 'react';
import type { FormEvent } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { toFailure } from '../../../contract';
import type { Dashboard, DashboardPage, DashboardWorker, Failure } from '../../../contract';
import type { ConnectionsModel } from '../../connections/model';
import { FailureView } from '../../failure';
import { useSignal } from '../../redraw';
import { Search } from '../../search';
import type { DashboardsModel } from './model';

/** What the chooser is drawn from. */
export interface IChooserProps {
  readonly model: DashboardsModel;
  readonly connections: ConnectionsModel;
  readonly open: (id: string, path: string) => void;
  readonly layOut: (id: string) => void;
  readonly trans: TranslationBundle;
}

/** All dashboards with what each can show, and a field for the address of another one. */
export class ChooserView extends ReactWidget {
  constructor(private readonly _props: IChooserProps) {
    super();
    this.addClass('jp-hepbatch-Chooser');
  }

  protected override render() {
    return <Chooser {...this._props} />;
  }
}

function Chooser(props: IChooserProps) {
  const { model, connections, trans } = props;
  useSignal(model.stateChanged);
  useSignal(connections.stateChanged);
  const [text, setText] = useState('');
  if (!model.isLoaded) {
    return model.failure === null ? (
      <p className="jp-hepbatch-Hint">{trans.__('Reading…')}</p>
    ) : (
      <FailureView
        failure={model.failure}
        title={trans.__('The dashboards could not be read')}
        trans={trans}
        onRetry={() => void model.refresh()}
      />
    );
  }
  const schedulers = model.dashboards.filter(({ kind }) => kind === 'scheduler');
  return (
    <>
      <h2>{trans.__('Dashboards')}</h2>
      {schedulers.length === 0 ? (
        <p className="jp-hepbatch-Hint">
          {trans.__('A cluster that runs has a dashboard. Start one in the sidebar.')}
        </p>
      ) : (
        <Search label={trans.__('Filter pages and plots')} value={text} onSearch={setText} />
      )}
      {schedulers.map(dashboard => (
        <Offered key={dashboard.id} {...props} dashboard={dashboard} text={text} />
      ))}
      <AddressForm {...props} />
    </>
  );
}

/** One dashboard and its pages. */
function Offered(props: IChooserProps & { readonly dashboard: Dashboard; readonly text: string }) {
  const { model, dashboard, text, open, layOut, trans } = props;
  const { id, title, connection, address, state, reason, origin, pages } = dashboard;
  const wanted = text.toLowerCase();
  const fits = ({ title: name }: DashboardPage) => name.toLowerCase().includes(wanted);
  const [failure, setFailure] = useState<Failure | null>(null);
  const heading = `hepbatch-dashboard-${id}`;
  const buttons = (kind: DashboardPage['kind'], label: string) => {
    const shown = pages.filter(page => page.kind === kind && fits(page));
    return (
      shown.length > 0 && (
        <div role="group" aria-label={label} className="jp-hepbatch-Chooser-pages">
          {shown.map(page => (
            <button
              key={page.path}
              type="button"
              className="jp-hepbatch-Button"
              onClick={() => open(id, page.path)}
            >
              {page.title}
            </button>
          ))}
        </div>
      )
    );
  };
  const remove = () => {
    model.remove(id).catch((error: unknown) => setFailure(toFailure(error)));
  };
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading}>{title}</h3>
      <p className="jp-hepbatch-Hint">{trans.__('%1 through %2', address, connection)}</p>
      {state === 'away' && <p role="status">{trans.__('It is away: %1', reason ?? '')}</p>}
      {failure !== null && (
        <FailureView failure={failure} title={trans.__('Not removed')} trans={trans} />
      )}
      <div className="jp-hepbatch-Actions">
        <button
          type="button"
          className="jp-hepbatch-Button jp-mod-primary"
          onClick={() => layOut(id)}
        >
          {trans.__('Open the usual plots')}
        </button>
        {origin === 'pasted' && (
          <button type="button" className="jp-hepbatch-Button" onClick={remove}>
            {trans.__('Remove')}
          </button>
        )}
      </div>
      {buttons('page', trans.__('Pages'))}
      {buttons('plot', trans.__('Plots'))}
      {state !== 'away' && <Workers {...props} />}
    </section>
  );
}

/** The workers of a scheduler, listed when they are asked for. */
function Workers({ model, dashboard, open, trans }: IChooserProps & { dashboard: Dashboard }) {
  const [workers, setWorkers] = useState<readonly DashboardWorker[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const tell = (error: unknown) => setFailure(toFailure(error));
  const list = () => {
    setFailure(null);
    model.workers(dashboard.id).then(setWorkers, tell);
  };
  const show = (address: string) => {
    setFailure(null);
    model.worker(dashboard.id, address).then(({ id }) => open(id, 'status'), tell);
  };
  const shown = workers?.filter(worker => worker.dashboard) ?? [];
  return (
    <details onToggle={event => event.currentTarget.open && list()}>
      <summary>{trans.__('Dashboards of workers')}</summary>
      {failure !== null && (
        <FailureView failure={failure} title={trans.__('Not shown')} trans={trans} onRetry={list} />
      )}
      {workers === null && failure === null && (
        <p className="jp-hepbatch-Hint">{trans.__('Reading…')}</p>
      )}
      {workers !== null && shown.length === 0 && (
        <p className="jp-hepbatch-Hint">{trans.__('No worker has one now.')}</p>
      )}
      <div className="jp-hepbatch-Chooser-pages">
        {shown.map(({ address, name }) => (
          <button
            key={address}
            type="button"
            className="jp-hepbatch-Button"
            title={address}
            onClick={() => show(address)}
          >
            {name}
          </button>
        ))}
      </div>
    </details>
  );
}

/** Names a dashboard by its address, as seen from the host of a connection. */
function AddressForm({ model, connections, open, trans }: IChooserProps) {
  const [connection, setConnection] = useState('');
  const [address, setAddress] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setBusy] = useState(false);
  const usable = connections.connections.filter(
    ({ state, unusable, profile }) =>
      unusable === null && (state === 'open' || profile.host.kind === 'local')
  );
  const chosen = connection === '' ? (usable[0]?.profile.id ?? '') : connection;
  const add = (event: FormEvent) => {
    event.preventDefault();
    setFailure(null);
    setBusy(true);
    model
      .add(chosen, address.trim())
      .then(
        ({ id }) => {
          setAddress('');
          open(id, 'status');
        },
        (error: unknown) => setFailure(toFailure(error))
      )
      .finally(() => setBusy(false));
  };
  return (
    <form onSubmit={add} aria-label={trans.__('A dashboard by its address')}>
      <h3>{trans.__('By its address')}</h3>
      <p className="jp-hepbatch-Hint">
        {trans.__('Of a cluster that another program started: as seen from that host.')}
      </p>
      <label className="jp-hepbatch-Field">
        {trans.__('Connection')}
        <select
          className="jp-mod-styled"
          value={chosen}
          onChange={event => setConnection(event.target.value)}
        >
          {usable.map(({ profile }) => (
            <option key={profile.id} value={profile.id}>
              {profile.title}
            </option>
          ))}
        </select>
      </label>
      <label className="jp-hepbatch-Field">
        {trans.__('Dashboard address')}
        <input
          className="jp-mod-styled"
          placeholder={trans.__('host:8787')}
          required
          value={address}
          onChange={event => setAddress(event.target.value)}
        />
      </label>
      <button type="submit" className="jp-hepbatch-Button" disabled={isBusy || chosen === ''}>
        {isBusy ? trans.__('Looking…') : trans.__('Open')}
      </button>
      {failure !== null && (
        <FailureView failure={failure} title={trans.__('Not opened')} trans={trans} />
      )}
    </form>
  );
}
