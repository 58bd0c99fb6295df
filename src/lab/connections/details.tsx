import type { ReactNode } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { bytesWords } from '../../contract';
import type { Connection, HostDetails } from '../../contract';
import { useNow } from './clock';
import { CLIENTS, spanWords } from './words';

/** What was found out about something: there, not there, or nobody could tell. */
type Finding = HostDetails['scheduler' | 'python' | 'home' | 'ticket' | 'proxy'];

/** What can be done from the details of a connection. */
export interface IDetailsActions {
  readonly probe: (id: string) => void;
  readonly ticket: (id: string) => void;
  readonly proxy: (id: string) => void;
}

/** What a probe found on the host of a connection, as last seen. */
export function Details(props: {
  readonly connection: Connection;
  readonly actions: IDetailsActions;
  /** Minutes below which a ticket or proxy is worth a warning. */
  readonly warnMinutes: number;
  readonly trans: TranslationBundle;
}) {
  const { connection, actions, warnMinutes, trans } = props;
  const { profile, details, state, file } = connection;
  const isOpen = state === 'open';
  return (
    <div className="jp-hepbatch-Details" role="group" aria-label={trans.__('Details')}>
      {profile.description !== '' && <p>{profile.description}</p>}
      {details === null ? (
        <p className="jp-hepbatch-Hint">
          {isOpen ? trans.__('Looking what is there…') : trans.__('Open it to see what is there.')}
        </p>
      ) : (
        <Facts
          details={details}
          warnMinutes={warnMinutes}
          ticket={isOpen ? () => actions.ticket(profile.id) : null}
          proxy={isOpen ? () => actions.proxy(profile.id) : null}
          trans={trans}
        />
      )}
      {file !== null && (
        <dl className="jp-hepbatch-Facts">
          <Fact name={trans.__('From file')}>
            <bdi>{file}</bdi>
          </Fact>
        </dl>
      )}
      {isOpen && (
        <p>
          <button
            type="button"
            className="jp-hepbatch-Link"
            onClick={() => actions.probe(profile.id)}
          >
            {trans.__('Look again')}
          </button>
        </p>
      )}
    </div>
  );
}

/** What was found on a host, as names and values. */
export function Facts(props: {
  readonly details: HostDetails;
  readonly warnMinutes: number;
  readonly ticket: (() => void) | null;
  readonly proxy: (() => void) | null;
  readonly trans: TranslationBundle;
}) {
  const { details, warnMinutes, trans } = props;
  const { scheduler, python, home, scratch, ticket, proxy, roundTripMs, client } = details;
  const space = (finding: HostDetails['home']) =>
    finding.state === 'found' && (
      <>
        <bdi>{finding.path}</bdi>
        <span className="jp-hepbatch-Hint">
          {trans.__('%1 of %2 free', bytesWords(finding.freeBytes), bytesWords(finding.totalBytes))}
        </span>
      </>
    );
  const lasts = (finding: HostDetails['ticket'] | HostDetails['proxy'], who: string) =>
    finding.state === 'found' && (
      <>
        <bdi>{who}</bdi>
        <TimeLeft until={finding.expiresAt} warnMinutes={warnMinutes} trans={trans} />
      </>
    );
  return (
    <dl className="jp-hepbatch-Facts">
      <Fact name={trans.__('Node')}>
        <bdi>{trans.__('%1 as %2', details.node, details.user)}</bdi>
      </Fact>
      <Found name={trans.__('Scheduler')} finding={scheduler} trans={trans}>
        {scheduler.state === 'found' && (
          <bdi title={scheduler.path}>{`${scheduler.name} ${scheduler.version}`}</bdi>
        )}
      </Found>
      <Found name={trans.__('Python')} finding={python} trans={trans}>
        {python.state === 'found' && (
          <>
            {python.version}
            <bdi className="jp-hepbatch-Hint">{python.path}</bdi>
          </>
        )}
      </Found>
      <Found name={trans.__('Home')} finding={home} trans={trans}>
        {space(home)}
      </Found>
      <Found name={trans.__('Scratch')} finding={scratch} trans={trans}>
        {space(scratch)}
      </Found>
      <Found
        name={trans.__('Kerberos ticket')}
        finding={ticket}
        action={props.ticket}
        label={trans.__('Get ticket…')}
        trans={trans}
      >
        {lasts(ticket, ticket.state === 'found' ? ticket.principal : '')}
      </Found>
      <Found
        name={trans.__('VOMS proxy')}
        finding={proxy}
        action={props.proxy}
        label={trans.__('Get proxy…')}
        trans={trans}
      >
        {lasts(proxy, proxy.state === 'found' ? proxy.identity : '')}
      </Found>
      {client !== 'local' && (
        <Fact name={trans.__('SSH client')}>
          {CLIENTS[client]}
          {details.clientWhy !== '' && (
            <span className="jp-hepbatch-Hint">{details.clientWhy}</span>
          )}
        </Fact>
      )}
      {roundTripMs !== null && client !== 'local' && (
        <Fact name={trans.__('Round trip')}>{trans.__('%1 ms', roundTripMs.toFixed(1))}</Fact>
      )}
      <Fact name={trans.__('Seen')}>{new Date(details.checkedAt).toLocaleTimeString()}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** A fact that may be absent or unknown, which are not the same. */
function Found(props: {
  readonly name: string;
  readonly finding: Finding;
  readonly children: ReactNode;
  readonly action?: (() => void) | null;
  readonly label?: string;
  readonly trans: TranslationBundle;
}) {
  const { name, finding, children, action, label, trans } = props;
  return (
    <Fact name={name}>
      {finding.state === 'found' ? (
        children
      ) : (
        <>
          <span className={`jp-hepbatch-Finding jp-mod-${finding.state}`}>
            {finding.state === 'absent' ? trans.__('none') : trans.__('not known')}
          </span>
          <span className="jp-hepbatch-Hint">{finding.reason}</span>
        </>
      )}
      {action !== undefined && action !== null && (
        <button type="button" className="jp-hepbatch-Link" onClick={action}>
          {label}
        </button>
      )}
    </Fact>
  );
}

/** How long something is still good for; worth a warning where it ends soon. */
export function TimeLeft(props: {
  readonly until: string;
  readonly warnMinutes: number;
  readonly trans: TranslationBundle;
}) {
  const { until, warnMinutes, trans } = props;
  const left = Date.parse(until) - useNow(30_000);
  if (left <= 0) {
    return <span className="jp-hepbatch-Warning">{trans.__('expired')}</span>;
  }
  const words = trans.__('%1 left', spanWords(left, trans));
  return left < warnMinutes * 60_000 ? (
    <span className="jp-hepbatch-Warning">{words}</span>
  ) : (
    <span>{words}</span>
  );
}
