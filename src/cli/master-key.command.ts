import { Command } from 'commander';
import { loadSettings } from '../config/load-settings.js';
import { findMasterKeys, newMasterKey, replaceKeyFile, type MasterKeys } from '../config/master-key.js';
import { SecretBox } from '../config/secret-box.js';
import type { Settings } from '../config/settings.js';
import { Progress } from './backup/progress.js';
import { CommandError } from './command-error.js';
import { resealSecrets } from './master-key/reseal-secrets.js';
import { openDatabase } from './open-database.js';
import { untilInterrupted } from './until-interrupted.js';

const RESEAL = 'npx forgegate master-key reseal';

export const masterKeyCommand = (): Command =>
  new Command('master-key')
    .description('The key that secrets in the database are encrypted with')
    .addCommand(rotateCommand())
    .addCommand(resealCommand());

const rotateCommand = () =>
  new Command('rotate')
    .description('Make a new key that seals from now on; the present one goes on to open')
    .addHelpText(
      'after',
      `\nThen restart all gateways together, and run \`${RESEAL} --forget\`. Each step can be taken again.`,
    )
    .action(async () => console.log(await rotateMasterKey(loadSettings())));

const resealCommand = () =>
  new Command('reseal')
    .description('Seal with the first key what older ones sealed')
    .option('--forget', 'then take the older keys out of the file', false)
    .addHelpText('after', '\nWorks while the gateway runs, after it was restarted with the new key.')
    .action(async ({ forget }: { forget: boolean }) => {
      const settings = loadSettings();
      const box = new SecretBox(...(await keysOf(settings)));
      const database = await openDatabase(settings, false);
      try {
        await untilInterrupted(async (signal) => {
          const { resealed, unreadable } = await resealSecrets(database.url, box, new Progress(), signal);
          console.log(`${resealed} secrets are sealed with the key ${box.keyId} now.`);
          if (unreadable > 0) throw new CommandError(unreadableText(unreadable, box));
        });
      } finally {
        await database.close();
      }
      if (forget) console.log(await forgetOlderKeys(settings));
    });

/** @returns what is to be done next */
export async function rotateMasterKey(settings: Settings): Promise<string> {
  const keys = await keysOf(settings);
  if (keys.length > 1) {
    throw new CommandError(`There is an older key still. Run \`${RESEAL} --forget\` first.`);
  }
  const key = newMasterKey();
  const next = `Restart all gateways together, then run \`${RESEAL} --forget\`.`;
  if (settings.masterKey !== null) {
    return `Put this key and a comma in front of FORGEGATE_MASTER_KEY, for all processes:\n${key.toString('base64')}\n${next}`;
  }
  await replaceKeyFile(settings.masterKeyFile, [key, ...keys]);
  return `${settings.masterKeyFile} begins with a new key, the present one stands behind it. ${next}`;
}

async function forgetOlderKeys(settings: Settings): Promise<string> {
  const [first, ...older] = await keysOf(settings);
  if (older.length === 0) return 'There is no older key.';
  if (settings.masterKey !== null) {
    return 'Take what stands behind the first comma out of FORGEGATE_MASTER_KEY, for all processes.';
  }
  await replaceKeyFile(settings.masterKeyFile, [first]);
  return `${settings.masterKeyFile} holds the new key alone. Backups made before need the old one.`;
}

async function keysOf(settings: Settings): Promise<MasterKeys> {
  const keys = await findMasterKeys(settings);
  if (keys) return keys;
  throw new CommandError(`There is no master key in ${settings.masterKeyFile} yet. Start the gateway once.`);
}

const unreadableText = (count: number, box: SecretBox) =>
  `${count} secrets are sealed with a key that is not here (here: ${box.keyIds.join(', ')}). Nothing of them was changed; ` +
  'bring that key back, behind the first one, and run this again. A gateway that still runs with the old key alone seals with it: restart it.';
