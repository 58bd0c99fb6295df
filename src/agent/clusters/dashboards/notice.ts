import { STATUS } from '../../../contract';
import type { Failure } from '../../../contract';

/** A page of ours, instead of one of the dashboard. */
export interface INotice {
  readonly status: number;
  readonly html: string;
}

/** How often a page that says that the dashboard is away looks again by itself, in seconds. */
const REFRESH_SECONDS = 5;

/** The page of a dashboard that cannot be reached; it looks again by itself. */
export function awayNotice({ code, message, data }: Failure): INotice {
  const status = code === 'timed-out' ? STATUS['timed-out'] : STATUS.unreachable;
  const again = `<meta http-equiv="refresh" content="${REFRESH_SECONDS}">`;
  const heading = 'The dashboard is away';
  return { status, html: page(heading, [message, data.next, 'It comes back by itself.'], again) };
}

/** The page of something that is no part of a dashboard. */
export function notShownNotice(path: string): INotice {
  const lines = /^proxy\//i.test(path)
    ? ['The dashboards of workers are opened from the list of workers in hepbatch.']
    : ['There is nothing at this address.'];
  return { status: STATUS['not-found'], html: page('Not shown here', lines) };
}

/** The page of a redirect that leads out of the dashboard. */
export function leadsOutNotice(): INotice {
  const lines = ['The dashboard wants to lead to another site. That is not followed.'];
  return { status: STATUS.unreachable, html: page('Not shown here', lines) };
}

function page(heading: string, lines: readonly string[], head = ''): string {
  const body = lines.map(line => `<p>${escapeHtml(line)}</p>`).join('\n');
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(heading)}</title>${head}
<style>:root{color-scheme:light dark}body{margin:2rem;font:14px/1.5 system-ui,sans-serif}</style>
</head><body><h1>${escapeHtml(heading)}</h1>
${body}
</body></html>
`;
}

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
};

/** Text as it has to stand in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, sign => ESCAPED[sign] ?? sign);
}
