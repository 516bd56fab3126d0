/** Lets go of an answer nobody will read, so that its connection is free. */
export async function discard({ body }: { body?: { cancel(): Promise<void> } | null }) {
  await body?.cancel().catch(() => {});
}
