// `npm run preview-summary`: a picture of a job summary as GitHub shows it; must not know what the summary says.
import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { summaryMarkdown } from '../src/actions/retrain-status-check/summary.js';
import { PROJECT } from './build.js';
import { githubPage, type Theme } from './github-page.js';
import { SAMPLE_END_MS, sampleRecord } from './sample-record.js';

const HELP = `Makes a picture of a job summary as GitHub shows it.

  npm run preview-summary                            a sample, to .demo/summary.png
  npm run preview-summary -- [SUMMARY.md] [OUT.png]  a Markdown file, or another picture
  --dark           GitHub's dark theme
  --width PIXELS   of the picture, 1000 if not given
  --scale NUMBER   pixels of the picture for one of the page, 1 if not given
`;

/** Outside of git, gone with `npm ci`. */
const CACHE = join(PROJECT, 'node_modules/.cache/preview');
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
const FOLDERS = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
const INSTALL = 'sudo apt-get install -y chromium fonts-noto-cjk fonts-noto-color-emoji';
/** Long enough for Mermaid to draw; time in the page passes as fast as it works. */
const VIRTUAL_TIME_MS = 20_000;
const PAGE_LIMIT_MS = 120_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Not in package.json: 26 MB that nobody but this script needs. */
const PACKAGES = {
  mermaid: {
    id: 'mermaid@12.3.0',
    integrity:
      'sha512-4113TdXeLAsMruJ79OpFL5O8+LTFXhQqZ260rF3tgUmiNAtRm4Uume04I+65PRN6yZ69J4f8rVYWW8zRk65UYw==',
    files: ['dist/mermaid.min.js'],
  },
  styles: {
    id: 'github-markdown-css@5.9.0',
    integrity:
      'sha512-tmT5sY+zvg2302XLYEfH2mtkViIM1SWf2nvYoF5N1ZsO0V6B2qZTiw3GOzw4vpjLygK/KG35qRlPFweHqfzz5w==',
    files: ['github-markdown-light.css', 'github-markdown-dark.css'],
  },
} as const;

interface Picture {
  readonly page: string;
  readonly target: string;
  readonly width: number;
  readonly scale: number;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      dark: { type: 'boolean' },
      help: { type: 'boolean' },
      scale: { type: 'string', default: '1' },
      width: { type: 'string', default: '1000' },
    },
  });
  if (values.help) return console.log(HELP);
  const source = positionals.find(path => path.endsWith('.md'));
  const target = positionals.find(path => path.endsWith('.png')) ?? join(PROJECT, '.demo/summary.png');
  const markdown = source ? readFileSync(source, 'utf8') : summaryMarkdown(sampleRecord(), SAMPLE_END_MS);
  const theme: Theme = values.dark ? 'dark' : 'light';
  const page = githubPage(markdown, {
    theme,
    styles: readFileSync(join(packageFolder('styles'), `github-markdown-${theme}.css`), 'utf8'),
    mermaidUrl: pathToFileURL(join(packageFolder('mermaid'), 'dist/mermaid.min.js')).href,
    nonce: randomUUID(),
  });
  mkdirSync(resolve(target, '..'), { recursive: true });
  await takePicture({
    page,
    target: resolve(target),
    width: Number(values.width),
    scale: Number(values.scale),
  });
  console.log(`The picture is in ${resolve(target)}.`);
}

/** @returns the folder with the files of a package, fetched when they are not there yet */
function packageFolder(name: keyof typeof PACKAGES): string {
  const { id, integrity, files } = PACKAGES[name];
  const folder = join(CACHE, id);
  const content = join(folder, 'package');
  if (files.every(file => existsSync(join(content, file)))) return content;
  mkdirSync(folder, { recursive: true });
  console.log(`Fetching ${id} …`);
  const said = execFileSync('npm', ['pack', id, '--json', '--pack-destination', folder], {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [packed] = JSON.parse(said) as [{ filename: string; integrity: string }];
  if (packed.integrity !== integrity) throw new Error(`${id} is not the package that this script knows.`);
  const archive = join(folder, packed.filename);
  execFileSync('tar', ['-xzf', archive, '-C', folder, ...files.map(file => `package/${file}`)]);
  rmSync(archive);
  return content;
}

/** Twice: the first time to learn how tall the page is. */
async function takePicture({ page, target, width, scale }: Picture): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'preview-'));
  try {
    const file = join(folder, 'summary.html');
    writeFileSync(file, page);
    const url = pathToFileURL(file).href;
    const dom = await runBrowser(folder, [`--window-size=${width},1000`, '--dump-dom', url]);
    const height = /<html[^>]* data-height="(\d+)"/.exec(dom)?.[1];
    if (height === undefined) throw new Error('The page was not drawn to its end within its time.');
    for (const [, problem] of dom.matchAll(/data-problem="([^"]*)"/g)) {
      console.error(`Mermaid: ${problem}`);
      process.exitCode = 1;
    }
    await runBrowser(folder, [
      `--window-size=${width},${height}`,
      `--force-device-scale-factor=${scale}`,
      `--screenshot=${target}`,
      url,
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function runBrowser(folder: string, args: readonly string[]): Promise<string> {
  const flags = [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ...['--hide-scrollbars', '--allow-file-access-from-files'],
    `--virtual-time-budget=${VIRTUAL_TIME_MS}`,
    `--user-data-dir=${mkdtempSync(join(folder, 'profile-'))}`,
  ];
  const { stdout } = await promisify(execFile)(browserPath(), [...flags, ...args], {
    timeout: PAGE_LIMIT_MS,
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return stdout;
}

function browserPath(): string {
  const places = FOLDERS.flatMap(folder => PROGRAMS.map(program => join(folder, program)));
  const path = places.find(existsSync);
  if (path === undefined) throw new Error(`Chromium is missing. Install it: ${INSTALL}`);
  return path;
}
