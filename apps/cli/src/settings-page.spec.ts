import { expect, it } from 'vitest';
import { settingsPage } from './settings-page.ts';

it('is what docs/settings.md says; `npx vitest -u` writes it anew', async () => {
  await expect(settingsPage()).toMatchFileSnapshot('../../../docs/settings.md');
});
