import { useId } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ellipsesIcon } from '@jupyterlab/ui-components';
import type { Cluster, ConnectionProfile } from '../../contract';
import type { CardVerb, IClusterActions } from './card-actions';
import { Troubles } from './card-troubles';
import { Failed, Recorded, Stops, Waits } from './card-words';
import { LossBlock } from './loss-block';
import { placeWords, portWords, stateWord, usageWords, wishWords, workWords } from './words';

/** What a card is drawn from. */
export interface ICardProps {
  readonly cluster: Cluster;
  /** Profile of its connection, where it is known. */
  readonly profile: ConnectionProfile | undefined;
  readonly actions: IClusterActions;
  readonly trans: TranslationBundle;
}

/** One cluster: what it is, how it stands, why it is not as wished, what can be done. */
export function Card(props: ICardProps) {
  const { cluster, profile, actions, trans } = props;
  const { id, name, state, summary, losses } = cluster;
  const label = useId();
  const isRunning = state === 'running';
  const lines = isRunning
    ? [wishWords(cluster, trans), usageWords(cluster, trans), workWords(cluster, trans)]
    : [];
  const canDrag = actions.grab !== undefined && cluster.can.includes('client');
  return (
    <li className="jp-hepbatch-Item jp-hepbatch-Cluster" data-cluster={id} aria-labelledby={label}>
      <div
        className={`jp-hepbatch-Cluster-head${canDrag ? ' jp-mod-draggable' : ''}`}
        title={canDrag ? trans.__('Drag it into a notebook to connect there') : undefined}
        onPointerDown={event => canDrag && actions.grab(id, event.nativeEvent)}
      >
        <span id={label} className="jp-hepbatch-Item-name">
          {name}
        </span>
        <span className={`jp-hepbatch-State jp-mod-${state}`}>{stateWord(state, trans)}</span>
      </div>
      <p className="jp-hepbatch-Cluster-place">{placeWords(cluster, profile, trans)}</p>
      {summary !== state && (
        <p className="jp-hepbatch-Cluster-summary" role="status">
          {summary}
        </p>
      )}
      {lines
        .filter(line => line !== null)
        .map(line => (
          <p key={line} className="jp-hepbatch-Hint">
            {line}
          </p>
        ))}
      <Port cluster={cluster} actions={actions} trans={trans} />
      <Recorded cluster={cluster} trans={trans} />
      <Waits cluster={cluster} trans={trans} />
      <Failed cluster={cluster} trans={trans} />
      <Troubles cluster={cluster} trans={trans} />
      <Stops cluster={cluster} trans={trans} />
      {losses.newest !== null && (
        <LossBlock
          loss={losses.newest}
          count={losses.count}
          onAdvice={advice => actions.advise(id, advice)}
          onAll={() => actions.run('losses', id)}
          trans={trans}
        />
      )}
      <div className="jp-hepbatch-Item-actions" role="group" aria-labelledby={label}>
        <Verbs cluster={cluster} actions={actions} trans={trans} />
        {actions.more !== undefined && (
          <button
            type="button"
            className="jp-hepbatch-More"
            aria-haspopup="menu"
            aria-label={trans.__('More actions for %1', name)}
            title={trans.__('More actions')}
            onClick={event => actions.more?.(id, event.currentTarget)}
          >
            <ellipsesIcon.react tag="span" />
          </button>
        )}
      </div>
    </li>
  );
}

/** A port of this machine that is open for its clients: everybody here can reach it. */
function Port({ cluster, actions, trans }: Omit<ICardProps, 'profile'>) {
  const port = portWords(cluster);
  return port === null ? null : (
    <p className="jp-hepbatch-Hint jp-hepbatch-Cluster-port">
      {trans.__('Client port open on this machine: %1', port)}
      {cluster.can.includes('loopback') && (
        <button
          type="button"
          className="jp-hepbatch-Link"
          onClick={() => actions.run('close-port', cluster.id)}
        >
          {trans.__('Close port')}
        </button>
      )}
    </p>
  );
}

/** The verbs that a card shows at once; the rest is in its menu. */
function Verbs(props: Omit<ICardProps, 'profile'>) {
  const { cluster, actions, trans } = props;
  const { id, can, state, scheduler, recordingSince } = cluster;
  const hasDashboard = actions.hasDashboards() && (scheduler?.dashboard ?? null) !== null;
  const all: readonly (readonly [CardVerb, string, boolean])[] = [
    ['dashboards', trans.__('Dashboards'), can.includes('dashboard') && hasDashboard],
    ['insert', trans.__('Insert client code'), can.includes('client')],
    ['scale', trans.__('Scale…'), can.includes('scale')],
    ['report', trans.__('Save performance report…'), recordingSince !== null],
    ['clean', trans.__('Clean up…'), can.includes('clean')],
    ['logs', trans.__('Logs'), can.includes('logs') && state !== 'running'],
    ['stop', trans.__('Stop'), can.includes('stop')],
    ['again', trans.__('Start again…'), cluster.backend !== null && can.includes('remove')],
    ['remove', trans.__('Remove'), can.includes('remove')]
  ];
  return (
    <>
      {all
        .filter(([, , isOffered]) => isOffered)
        .map(([verb, label]) => (
          <button
            key={verb}
            type="button"
            className="jp-hepbatch-Link"
            onClick={() => actions.run(verb, id)}
          >
            {label}
          </button>
        ))}
    </>
  );
}
