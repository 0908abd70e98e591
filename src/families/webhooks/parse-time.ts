import { invalidParams } from '../../rpc/errors.js';

/** @param or what else the argument may be, for the refusal @throws RpcFault INVALID_PARAMS */
export function parseTime(argument: string, text: string | undefined, or = ''): Date | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || !/^\d{4}-\d\d-\d\d/.test(text)) {
    throw invalidParams(
      `argument \`${argument}\` must be ${or}an ISO 8601 time such as 2026-03-05T16:40:02Z`,
    );
  }
  return time;
}
