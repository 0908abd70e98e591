import type { Dialect } from '../../config/settings.js';

interface Traits {
  readonly invalidKey: string;
  /** What happens to arguments that the method does not know. */
  readonly unknownArguments: 'refuse' | 'drop';
}

/** Where the ages of the field differ in the envelope itself (facts, sections 1.5 and RhodeCode 1.3). */
const TRAITS: Readonly<Record<Dialect, Traits>> = {
  kallithea: { invalidKey: 'Invalid API key', unknownArguments: 'refuse' },
  'kallithea-2019': { invalidKey: 'Invalid API key', unknownArguments: 'refuse' },
  'kallithea-2016': { invalidKey: 'Invalid API key', unknownArguments: 'drop' },
  'kallithea-2014': { invalidKey: 'Invalid API KEY', unknownArguments: 'drop' },
  'rhodecode-1.3': { invalidKey: 'Invalid API KEY', unknownArguments: 'drop' },
  'rhodecode-4': { invalidKey: 'Invalid API KEY', unknownArguments: 'drop' },
};

export const traitsOf = (dialect: Dialect): Traits => TRAITS[dialect];
