import path from 'node:path';
import type { NextConfig } from 'next';

const config: NextConfig = {
  // A second build beside a running one needs a folder of its own.
  distDir: process.env.TULLE_WEB_DIST ?? '.next',
  transpilePackages: ['@tulle/mesh'],
  turbopack: { root: path.join(import.meta.dirname, '../..') },
  // Types are checked once for the whole repository, by `npm run types`.
  typescript: { ignoreBuildErrors: true },
  // The development server answers its own address, not only localhost.
  allowedDevOrigins: ['127.0.0.1'],
  poweredByHeader: false,
  devIndicators: false,
  agentRules: false,
  experimental: { optimizePackageImports: ['@mantine/core', '@mantine/hooks', '@tabler/icons-react'] },
};

export default config;
