// Markdown as a page that looks like GitHub's: alerts, tables, Mermaid; must not know browsers or files.
import { Marked } from 'marked';

export type Theme = 'light' | 'dark';

export interface PageParts {
  readonly theme: Theme;
  /** github-markdown-css of the theme. */
  readonly styles: string;
  readonly mermaidUrl: string;
  /** Only scripts that carry it run: GitHub takes all others out. */
  readonly nonce: string;
}

const ALERTS: Readonly<Record<string, string>> = {
  NOTE: 'Note',
  TIP: 'Tip',
  IMPORTANT: 'Important',
  WARNING: 'Warning',
  CAUTION: 'Caution',
};
const BACKGROUNDS = { light: '#ffffff', dark: '#0d1117' } as const;
const MERMAID_THEMES = { light: 'default', dark: 'dark' } as const;

/**
 * The whole page. Once all charts are drawn, `data-height` of its root element has its height in pixels, and
 * `data-problem` of a chart that could not be drawn says why.
 */
export function githubPage(markdown: string, { theme, styles, mermaidUrl, nonce }: PageParts): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'nonce-${nonce}'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<style>${styles}
body { margin: 0; background: ${BACKGROUNDS[theme]}; }
.markdown-body { padding: 24px 32px; font-family: "Noto Sans", "Noto Sans CJK JP", "DejaVu Sans", sans-serif; }
.markdown-body pre.mermaid { background: none; padding: 0; text-align: center; }
.markdown-body pre.mermaid svg { max-width: 100%; }
</style>
</head>
<body>
<article class="markdown-body">
${rendered(markdown)}
</article>
<script nonce="${nonce}" src="${mermaidUrl}"></script>
<script nonce="${nonce}">${drawing(theme)}</script>
</body>
</html>
`;
}

function rendered(markdown: string): string {
  const marked = new Marked({ gfm: true, async: false });
  marked.use({
    renderer: {
      blockquote({ tokens }) {
        const content = this.parser.parse(tokens);
        const [, kind = ''] = /^\s*<p>\[!(\w+)\]/.exec(content) ?? [];
        const title = ALERTS[kind];
        if (title === undefined) return `<blockquote>${content}</blockquote>`;
        const type = kind.toLowerCase();
        return `<div class="markdown-alert markdown-alert-${type}"><p class="markdown-alert-title">${title}</p>${content.replace(/\[!\w+\]\s*/, '')}</div>`;
      },
      code({ lang, text }) {
        return lang === 'mermaid' ? `<pre class="mermaid">${escaped(text)}</pre>` : false;
      },
    },
  });
  return marked.parse(markdown) as string;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}

function drawing(theme: Theme): string {
  return `
    (async () => {
      mermaid.initialize({ startOnLoad: false, securityLevel: 'strict', theme: '${MERMAID_THEMES[theme]}' });
      for (const chart of document.querySelectorAll('pre.mermaid')) {
        try {
          await mermaid.run({ nodes: [chart] });
        } catch (error) {
          chart.dataset.problem = String(error.message ?? error);
        }
      }
      document.documentElement.dataset.height = Math.ceil(document.querySelector('article').getBoundingClientRect().height);
    })();`;
}
