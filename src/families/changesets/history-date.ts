import { invalidParams } from '../../rpc/errors.js';

const FORMAT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$/;

/**
 * A date as Kallithea's history filters take it: server-local, whole seconds, nothing else.
 * @returns unix seconds
 * @throws RpcFault INVALID_PARAMS naming the argument
 */
export function historyDate(argument: string, given: string): number {
  const [year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN, second = NaN] =
    FORMAT.exec(given)?.slice(1).map(Number) ?? [];
  const date = new Date(2000, 0, 1);
  date.setFullYear(year, month - 1, day);
  date.setHours(hour, minute, second, 0);
  // What no calendar has (a 31st of June) would otherwise become another day; an hour that a change of clocks leaves
  // out may become the next one.
  const isReal =
    date.getMonth() === month - 1 && date.getDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!isReal) {
    throw invalidParams(
      `argument \`${argument}\` must be a date in the format YYYY-MM-DDTHH:MM:SS (server time)`,
    );
  }
  return date.getTime() / 1000;
}
