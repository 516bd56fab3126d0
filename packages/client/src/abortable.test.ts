import { expect, test } from "vitest";
import { abortable } from "./abortable.ts";

test("passes results and errors on", async () => {
  const { signal } = new AbortController();
  await expect(abortable(Promise.resolve(1), signal)).resolves.toBe(1);
  await expect(abortable(Promise.reject(new Error("no")), signal)).rejects.toThrow("no");
  await expect(abortable(Promise.resolve(1), undefined)).resolves.toBe(1);
});

test("rejects with the signal's reason while the work goes on", async () => {
  const controller = new AbortController();
  const work = Promise.withResolvers<string>();
  const waiting = abortable(work.promise, controller.signal);
  controller.abort("enough");
  await expect(waiting).rejects.toBe("enough");
  work.resolve("done");
  await expect(work.promise).resolves.toBe("done");
});

test("rejects when the signal has aborted before", async () => {
  await expect(abortable(new Promise(() => {}), AbortSignal.abort("early"))).rejects.toBe("early");
});
