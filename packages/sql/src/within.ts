/**
 * The result of some work, or an error when there is none in time.
 *
 * @param work is given what throws once nobody waits any more. It asks before it changes anything: what
 * has been reported as failed must not happen long afterwards.
 */
export async function within<T>(
  seconds: number,
  work: (requireTime: () => void) => Promise<T>,
): Promise<T> {
  let isLate = false;
  const late = () => new Error(`The database did not answer within ${seconds} s.`);
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    // After a pause of the whole process, an answer that has come meanwhile is read first.
    setImmediate(() => {
      isLate = true;
      timeout.reject(late());
    });
  }, seconds * 1000);
  const requireTime = () => {
    if (isLate) throw late();
  };
  try {
    return await Promise.race([work(requireTime), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
