// `npm run servers`: finds the real servers of the fault tests and installs the missing ones; must not start any.
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECT } from './build.js';
import { goInstall, goInstallAdvice, goProgramPath } from './go-programs.js';

const TOXIPROXY = { binary: 'server', source: 'github.com/Shopify/toxiproxy/v2/cmd/server@v2.5.0' };
/** Ordinary users' PATH lacks the folders where distributions put servers. */
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
const SQUID_FOLDERS = ['/usr/lib/squid', '/usr/lib64/squid', '/usr/libexec/squid'];

interface Server {
  /** Where it may be; the first that exists is used. */
  readonly places: readonly string[];
  /** Debian's package, pinned to the lines that the tests know; the distribution's release picks the patch. */
  readonly debian?: string;
  readonly versions?: { readonly args: readonly string[]; readonly pattern: RegExp; readonly wanted: string };
}

const SERVERS = {
  nginx: {
    places: FOLDERS.map(folder => join(folder, 'nginx')),
    debian: 'nginx-light',
    versions: { args: ['-v'], pattern: /nginx\/1\.(1[89]|[2-9]\d)\./, wanted: '1.18 or newer' },
  },
  squid: {
    places: FOLDERS.map(folder => join(folder, 'squid')),
    debian: 'squid',
    versions: { args: ['-v'], pattern: /Version [5-7]\./, wanted: '5, 6 or 7' },
  },
  squidLogin: { places: SQUID_FOLDERS.map(folder => join(folder, 'basic_ncsa_auth')), debian: 'squid' },
  openssl: { places: FOLDERS.map(folder => join(folder, 'openssl')), debian: 'openssl' },
  toxiproxy: { places: [goProgramPath(TOXIPROXY)] },
  s3rver: { places: [join(PROJECT, 'node_modules/@20minutes/s3rver/lib/s3rver.js')] },
} as const satisfies Record<string, Server>;

export type ServerProgram = keyof typeof SERVERS;

/** @returns the program's path @throws Error that says how to install it */
export function serverPath(name: ServerProgram): string {
  const path = SERVERS[name].places.find(existsSync);
  if (path === undefined) throw new Error(`The test server '${name}' is missing. ${advice(name)}`);
  return path;
}

function isMissing(name: ServerProgram): boolean {
  return !SERVERS[name].places.some(existsSync);
}

function advice(name: ServerProgram): string {
  const { debian }: Server = SERVERS[name];
  if (debian !== undefined) return `Install it: sudo apt-get update && sudo apt-get install -y ${debian}`;
  if (name === 's3rver') return 'Install it: npm ci';
  return goInstallAdvice(TOXIPROXY);
}

function installServers(): void {
  const names = Object.keys(SERVERS) as ServerProgram[];
  const missing: readonly Server[] = names.filter(isMissing).map(name => SERVERS[name]);
  const packages = [...new Set(missing.flatMap(({ debian }) => debian ?? []))];
  if (packages.length > 0 && process.getuid?.() === 0) attempt(() => installPackages(packages));
  if (isMissing('toxiproxy')) attempt(installToxiproxy);
  for (const name of names) checkVersion(name, serverPath(name));
}

/** A failed installation is told in full, and ends the run by the server that is still missing. */
function attempt(install: () => void): void {
  try {
    install();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
}

function installPackages(packages: readonly string[]): void {
  const policy = '/usr/sbin/policy-rc.d';
  const isOurs = !existsSync(policy);
  // Only the programs are wanted: the distribution would also start its services at boot's ports.
  if (isOurs) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  } finally {
    if (isOurs) rmSync(policy);
  }
}

function installToxiproxy(): void {
  const { args, env } = goInstall(TOXIPROXY);
  run('go', args, env);
}

function run(program: string, args: readonly string[], env: Record<string, string> = {}): void {
  console.log(`Installing test servers: ${program} ${args.join(' ')}`);
  execFileSync(program, args, {
    cwd: PROJECT,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function checkVersion(name: ServerProgram, path: string): void {
  const { versions }: Server = SERVERS[name];
  if (versions === undefined) return;
  // nginx tells its version on standard error.
  const said = execFileSync('/bin/sh', ['-c', '"$0" "$@" 2>&1', path, ...versions.args], {
    encoding: 'utf8',
  });
  if (versions.pattern.test(said)) return;
  const found = said.split('\n')[0];
  throw new Error(`The test server '${name}' must be version ${versions.wanted}: found '${found}'.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    installServers();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
