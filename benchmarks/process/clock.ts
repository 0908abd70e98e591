/** Milliseconds of the machine's monotonic clock: the same in all processes, whatever is done to the time of day. */
export const nowMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;
