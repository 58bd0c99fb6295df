import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IAgent } from '../../tokens';

/**
 * Shows what hosts ask as dialogs, wherever in the Lab the user is. Nothing is loaded before
 * somebody uses the agent; from then on its questions are heard.
 */
export const promptsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'hepbatch:prompts',
  description: 'Shows what hosts ask (passwords, codes, host keys) as dialogs.',
  autoStart: true,
  requires: [IAgent],
  optional: [ITranslator],
  activate: (_: JupyterFrontEnd, agent: IAgent, translator: ITranslator | null): void => {
    const trans = (translator ?? nullTranslator).load('hepbatch');
    const begin = async () => {
      const [{ PromptsModel }, { PromptDialogs }] = await Promise.all([
        import('./model'),
        import('./dialog')
      ]);
      const model = new PromptsModel(agent.call, agent.heard);
      new PromptDialogs(model, trans);
      await model.refresh();
    };
    const onState = () => {
      if (agent.state === 'up') {
        agent.stateChanged.disconnect(onState);
        begin().catch(() => {
          agent.stateChanged.connect(onState); // the code could not be fetched: with the next line
        });
      }
    };
    agent.stateChanged.connect(onState);
  }
};
