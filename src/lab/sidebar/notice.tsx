import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import type { IAgent } from '../tokens';

/** Says that the agent is lost or cannot be had, and what to do; otherwise it is not there. */
export class AgentNotice extends ReactWidget {
  constructor(
    private readonly _agent: IAgent,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-hepbatch-AgentNotice');
  }

  protected override render() {
    return <Notice agent={this._agent} trans={this._trans} />;
  }
}

function Notice({ agent, trans }: { readonly agent: IAgent; readonly trans: TranslationBundle }) {
  useSignal(agent.stateChanged);
  const { state, failure } = agent;
  if (state === 'starting') {
    return (
      <p className="jp-hepbatch-Hint" role="status">
        {trans.__('Starting the agent of hepbatch…')}
      </p>
    );
  }
  if (failure === null || (state !== 'lost' && state !== 'absent')) {
    return null;
  }
  return (
    <FailureView
      failure={failure}
      title={
        state === 'lost'
          ? trans.__('The agent was lost; connecting again…')
          : trans.__('hepbatch cannot work here yet')
      }
      trans={trans}
      onRetry={() => agent.retry()}
    />
  );
}
