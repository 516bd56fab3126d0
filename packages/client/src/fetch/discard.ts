/** Lets go of an answer nobody will read, so that its connection is free. */
export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}
