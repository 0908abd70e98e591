const two = (value: number) => String(value).padStart(2, '0');

/** Dates of the legacy dialects: naive server-local ISO 8601, whole seconds. */
export function localSeconds(date: Date): string {
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** As {@link localSeconds} with milliseconds, which are left out when they are zero. */
export function localDateTime(date: Date): string {
  const milliseconds = date.getMilliseconds();
  return localSeconds(date) + (milliseconds === 0 ? '' : `.${String(milliseconds).padStart(3, '0')}`);
}

/** Dates inside events: UTC with `Z`. */
export const utc = (date: Date) => date.toISOString();
