import { agentOptionsSchema } from '@tulle/agent/agent-command';
import { runOptionsSchema } from '@tulle/agent/run/run-command';
import type * as z from 'zod/mini';
import { cloneDirectory } from './server/clone.ts';
import { settingsSchema } from './server/settings.ts';
import { type SettingDescription, settingsOf } from './settings-of.ts';

const introduction = `# Settings

Every setting is a flag and an environment variable; the flag wins. Each is checked at start, and a wrong one is a
sentence that names it. This page is made from the schemas that check them (\`apps/cli/src/settings-page.ts\`).
`;

const commandLine = `## \`tulle apply\`, \`tulle get\`, \`tulle token\`, \`tulle roots\`

| flag | variable | meaning |
|---|---|---|
| \`--url\` | \`TULLE_URL\` | Where the server is. Default: the one whose data directory is on this machine |
| \`--token\` | \`TULLE_TOKEN\` | API token, as Settings of the dashboard makes them. Default: the one in \`<data-dir>/operator.json\` |
| \`--data-dir\` | \`TULLE_DATA_DIR\` | Data directory of a server on this machine; \`tulle demo\` uses it as well |
`;

/** docs/settings.md, whole. */
export function settingsPage(): string {
  return [
    introduction,
    section('`tulle server`, `npm start`', settingsSchema),
    section('`tulle agent`', agentOptionsSchema),
    section('`tulle run`', runOptionsSchema),
    commandLine,
  ].join('\n');
}

function section(title: string, schema: z.core.$ZodObject): string {
  const rows = settingsOf(schema).map(row).join('\n');
  return `## ${title}\n\n| flag | variable | default | meaning |\n|---|---|---|---|\n${rows}\n`;
}

function row({ flag, variable, fallback, description }: SettingDescription): string {
  const code = (text: string | undefined) => (text === undefined ? '' : `\`${text}\``);
  const standard = fallback?.replace(cloneDirectory, '<clone>');
  return `| ${code(flag)} | ${code(variable)} | ${code(standard)} | ${description.replaceAll('|', '\\|')} |`;
}
