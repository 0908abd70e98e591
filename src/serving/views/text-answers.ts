import { dispositionOf } from './disposition.js';
import { SANDBOX } from './content-policy.js';

/** Headers of text that users wrote. @param fileName given: it is saved under this name, not shown */
export function plainText(fileName?: string): Record<string, string> {
  return {
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': SANDBOX,
    ...(fileName !== undefined && { 'content-disposition': dispositionOf('attachment', fileName) }),
  };
}
