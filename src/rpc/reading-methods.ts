/** Globs of the methods that change nothing: what the scope `read` allows, and what a client may send twice. */
export const READING_METHODS = ['get_*', 'rpc.*'];

/** @param method today's name */
export const isReading = (method: string): boolean => /^(get_|rpc\.)/.test(method);
