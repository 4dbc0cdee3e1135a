// The page of `npm run preview-summary`: what GitHub makes of Markdown, and nothing that GitHub would not run.
import { expect, test } from '@jest/globals';
import { githubPage } from '../../scripts/github-page.js';

const page = (markdown: string) =>
  githubPage(markdown, { theme: 'light', styles: '', mermaidUrl: 'file:///m.js', nonce: 'n-1' });

test.each([
  ['a chart, its text escaped', '```mermaid\na["<b>"]\n```', '<pre class="mermaid">a["&lt;b>"]</pre>'],
  ['other code as code', '```js\na\n```', '<pre><code class="language-js">'],
  [
    'an alert',
    '> [!CAUTION]\n> **So** it is.',
    'markdown-alert-caution"><p class="markdown-alert-title">Caution</p>',
  ],
  ['an ordinary quotation', '> Said.', '<blockquote>'],
  ['a table', '| a |\n| --- |\n| b |', '<td>b</td>'],
])('shows %s', (_what, markdown, html) => {
  expect(page(markdown)).toContain(html);
});

test('runs no script but its own two, and fetches nothing', () => {
  const html = page('<script>alert(1)</script>');
  expect(html).toContain(
    `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'nonce-n-1'`,
  );
  expect(html.match(/<script nonce="n-1"/g)).toHaveLength(2);
});
