/** The pages of ours that stand in for one of a dashboard. */
import { expect, it } from 'vitest';
import { awayNotice, notShownNotice } from '../notice';

it('say why, as text, and look again by themselves', () => {
  const message = '<script>alert("1")</script> & \'x\'';
  const notice = awayNotice({ code: 'connection-lost', message, data: { next: 'Wait <b>.' } });
  expect(notice.status).toBe(502);
  expect(notice.html).toContain(
    '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;'
  );
  expect(notice.html).toContain('Wait &lt;b&gt;.');
  expect(notice.html).not.toContain('<script');
  expect(notice.html).toMatch(/<meta http-equiv="refresh" content="\d+">/);
  expect(awayNotice({ code: 'timed-out', message, data: { next: '' } }).status).toBe(504);
});

it('repeat nothing of what was asked', () => {
  const { status, html } = notShownNotice('proxy/<script>');
  expect(status).toBe(404);
  expect(html).not.toContain('<script');
  expect(html).toContain('list of workers');
  expect(notShownNotice('<script>').html).not.toContain('<script');
});
