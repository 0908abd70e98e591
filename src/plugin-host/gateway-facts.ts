import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../config/settings.js';
import type { GatewayFacts } from '../sdk/index.js';

/** What one plugin may know of the gateway it runs in. */
export function gatewayFacts(settings: Settings, pluginId: string): GatewayFacts {
  const { publicUrl, smtpUrl, mailFrom, home } = settings;
  return {
    publicUrl,
    mail: smtpUrl && mailFrom ? { url: smtpUrl, from: mailFrom } : null,
    async dataFolder() {
      const folder = join(home, 'plugins', pluginId);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return folder;
    },
  };
}
