import { describe, expect, it } from 'vitest';
import { describeSettings } from '../config/describe-settings.js';
import { loadSettings } from '../config/load-settings.js';
import { settingsTable } from './config.command.js';

describe('the table of settings', () => {
  it('has a line for each, with its source, and no secret', () => {
    const env = { PORT: '7000', FORGEGATE_ADMIN_API_KEY: 'c'.repeat(40), DATABASE_URL: 'postgres://a:b@c/d' };
    const rows = describeSettings(loadSettings({ env, folder: '/nowhere' }));
    const table = settingsTable(rows);
    expect(table.split('\n')).toHaveLength(rows.length + 1);
    expect(table).toMatch(/^PORT +env +7000 +Port to listen on/m);
    expect(table).toMatch(/^FORGEGATE_SMTP_URL +default +- +Mail server/m);
    expect(table).toMatch(/^DATABASE_URL +env +postgres:\/\/a:\*{4}@c\/d/m);
    expect(table).not.toContain('ccc');
  });
});
