/** Legacy calls for setting things up; never used while something is measured. */
export async function call<Result>(
  port: number,
  key: string,
  method: string,
  args: object = {},
): Promise<Result> {
  const { result, error } = JSON.parse(
    await post(port, JSON.stringify({ id: 1, api_key: key, method, args })),
  ) as { result: Result; error: string | null };
  if (error !== null) throw new Error(`${method}: ${error}`);
  return result;
}

/** @returns the body of the answer, as it came */
export async function post(port: number, body: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/_admin/api`, { method: 'POST', body });
  return response.text();
}
