/** Widgets on a page of jsdom, and what a screen reader would find there. */
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

/** Puts a widget onto the page. */
export function show(widget: Widget): HTMLElement {
  Widget.attach(widget, document.body);
  MessageLoop.flush();
  return widget.node;
}

/** The button of a name, which is its label or its text. */
export function button(node: ParentNode, name: string): HTMLButtonElement | undefined {
  return [...node.querySelectorAll('button')].find(
    found => (found.getAttribute('aria-label') ?? found.textContent) === name
  );
}

/** The card of a connection. */
export function card(node: ParentNode, id: string): HTMLElement {
  const found = node.querySelector<HTMLElement>(`[data-connection="${id}"]`);
  if (found === null) {
    throw new Error(`no card of ${id}`);
  }
  return found;
}

/** What stands beside a name in a list of facts. */
export function fact(node: ParentNode, name: string): string | undefined {
  const term = [...node.querySelectorAll('dt')].find(({ textContent }) => textContent === name);
  return term?.nextElementSibling?.textContent;
}

/** The control that a label names. */
export function control(node: ParentNode, label: string): HTMLInputElement | HTMLSelectElement {
  const named = [...node.querySelectorAll('label')].find(
    ({ textContent }) => textContent === label
  );
  const found = named?.control;
  if (!(found instanceof HTMLInputElement || found instanceof HTMLSelectElement)) {
    throw new Error(`no control named ${label}`);
  }
  return found;
}

/** Types or chooses as a person would, so that React hears of it. */
export function fill(field: HTMLInputElement | HTMLSelectElement, value: string): void {
  const kind = field instanceof HTMLInputElement ? HTMLInputElement : HTMLSelectElement;
  Object.getOwnPropertyDescriptor(kind.prototype, 'value')?.set?.call(field, value);
  const event = field instanceof HTMLInputElement ? 'input' : 'change';
  field.dispatchEvent(new Event(event, { bubbles: true }));
}

/** Presses a key on an element. */
export function press(node: Element, key: string): void {
  node.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
}
