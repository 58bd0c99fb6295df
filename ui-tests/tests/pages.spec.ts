import { expect, test } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';
import { hepbatch, openSidebar } from './lab';

const EVENTS = /\/hepbatch\/api\/events/;

/** Chromium without a screen calls every page visible. */
async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(isHidden => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

test('hidden pages leave the browser its lines to the server, and hear the rest when they are seen', async ({
  page,
  context
}) => {
  await openSidebar(page);
  const others: Page[] = [];
  while (others.length < 2) {
    const other = await context.newPage();
    await other.goto('lab');
    await openSidebar(other);
    await expect(other.getByRole('list', { name: 'Connections' })).toBeVisible();
    others.push(other);
  }
  const [second, third] = others;
  if (second === undefined || third === undefined) {
    throw new Error('two pages were opened');
  }
  const ended = page.waitForEvent('requestfailed', request => EVENTS.test(request.url()));
  await setHidden(page, true);
  await ended;
  // The others keep theirs: the agent would end if nobody listened.
  let isEnded = false;
  second.on('requestfailed', request => (isEnded ||= EVENTS.test(request.url())));
  await setHidden(second, true);

  expect(hepbatch('connections', 'open', 'vanilla-local').status).toBe(0);
  const state = (of: Page) => of.locator('[data-connection="vanilla-local"]').getByText('open');
  await expect(state(third)).toBeVisible();
  await expect(state(second)).toBeVisible();
  expect(isEnded).toBe(false);
  const sidebar = page.locator('#hepbatch-sidebar');
  await expect(sidebar.getByText(/agent was lost/i)).toBeHidden();
  await setHidden(page, false);
  await expect(state(page)).toBeVisible();
});
