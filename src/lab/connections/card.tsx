import { useId } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ellipsesIcon } from '@jupyterlab/ui-components';
import type { Connection } from '../../contract';
import { useNow } from './clock';
import { Details, TimeLeft } from './details';
import type { IDetailsActions } from './details';
import { StateMark, StateWords } from './state-mark';
import { profileWords } from './words';

/** What can be done with a connection. */
export interface IConnectionActions extends IDetailsActions {
  readonly open: (id: string) => void;
  readonly close: (id: string) => void;
  /** Opens a menu with the rest below the button; absent where there is no rest. */
  readonly more?: (id: string, button: HTMLElement) => void;
}

/** What a card is drawn from. */
export interface ICardProps {
  readonly connection: Connection;
  readonly isShown: boolean;
  readonly show: (id: string, isShown: boolean) => void;
  readonly actions: IConnectionActions;
  readonly warnMinutes: number;
  readonly trans: TranslationBundle;
}

/** One connection: what it is, how it stands, what can be done. */
export function Card(props: ICardProps) {
  const { connection, isShown, show, actions, warnMinutes, trans } = props;
  const { profile, state, unusable, details } = connection;
  const name = useId();
  const inside = useId();
  const isUsable = unusable === null || state !== 'closed';
  const place = profileWords(profile, trans);
  const more = actions.more !== undefined && (
    <button
      type="button"
      className="jp-hepbatch-More"
      aria-haspopup="menu"
      aria-label={trans.__('More actions for %1', profile.title)}
      title={trans.__('More actions')}
      onClick={event => actions.more?.(profile.id, event.currentTarget)}
    >
      <ellipsesIcon.react tag="span" />
    </button>
  );
  return (
    <li
      className={`jp-hepbatch-Item jp-hepbatch-Connection${isUsable ? '' : ' jp-mod-unusable'}`}
      data-connection={profile.id}
      data-origin={connection.origin}
      aria-labelledby={name}
    >
      <div className="jp-hepbatch-Connection-head">
        <span id={name} className="jp-hepbatch-Item-name" title={profile.title}>
          {profile.title}
        </span>
        {isUsable ? <StateMark state={state} trans={trans} /> : more}
      </div>
      {place !== profile.title && <p className="jp-hepbatch-Connection-place">{place}</p>}
      {unusable !== null && <p className="jp-hepbatch-Connection-reason">{unusable}</p>}
      {state === 'open' && details !== null && (
        <Warnings connection={connection} warnMinutes={warnMinutes} trans={trans} />
      )}
      <StateWords connection={connection} trans={trans} />
      {isUsable && (
        <div className="jp-hepbatch-Item-actions" role="group" aria-labelledby={name}>
          <MainAction connection={connection} actions={actions} trans={trans} />
          <button
            type="button"
            className="jp-hepbatch-Link"
            aria-expanded={isShown}
            aria-controls={inside}
            onClick={() => show(profile.id, !isShown)}
          >
            {isShown ? trans.__('Hide details') : trans.__('Details')}
          </button>
          {more}
        </div>
      )}
      {isUsable && (
        <div id={inside} hidden={!isShown}>
          {isShown && (
            <Details
              connection={connection}
              actions={actions}
              warnMinutes={warnMinutes}
              trans={trans}
            />
          )}
        </div>
      )}
    </li>
  );
}

function MainAction(props: {
  readonly connection: Connection;
  readonly actions: IConnectionActions;
  readonly trans: TranslationBundle;
}) {
  const { connection, actions, trans } = props;
  const { profile, state } = connection;
  const link = (label: string, act: (id: string) => void) => (
    <button type="button" className="jp-hepbatch-Link" onClick={() => act(profile.id)}>
      {label}
    </button>
  );
  switch (state) {
    case 'closed':
      return link(trans.__('Open'), actions.open);
    case 'failed':
      return link(trans.__('Try again'), actions.open);
    case 'open':
      return link(trans.__('Close'), actions.close);
    case 'opening':
    case 'asking':
      return link(trans.__('Cancel'), actions.close);
    case 'lost':
      return (
        <>
          {link(trans.__('Try now'), actions.open)}
          {link(trans.__('Close'), actions.close)}
        </>
      );
  }
}

/** A ticket or proxy that ends soon; what lasts is told by the details. */
function Warnings(props: {
  readonly connection: Connection;
  readonly warnMinutes: number;
  readonly trans: TranslationBundle;
}) {
  const { connection, warnMinutes, trans } = props;
  const { ticket, proxy } = connection.details ?? {};
  const now = useNow(60_000);
  const ends = (finding: typeof ticket | typeof proxy, name: string) =>
    finding?.state === 'found' &&
    Date.parse(finding.expiresAt) - now < warnMinutes * 60_000 && (
      <p className="jp-hepbatch-Connection-words">
        {name}: <TimeLeft until={finding.expiresAt} warnMinutes={warnMinutes} trans={trans} />
      </p>
    );
  return (
    <>
      {ends(ticket, trans.__('Kerberos ticket'))}
      {ends(proxy, trans.__('VOMS proxy'))}
    </>
  );
}
