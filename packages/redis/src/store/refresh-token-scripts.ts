import { toScript } from "../connection/script.ts";

/** KEYS: login, token. ARGV: hash, subject, record, expiresAt, lifetime. */
export const start = toScript(`
redis.call("HSET", KEYS[1], "current", ARGV[1], "subject", ARGV[2])
redis.call("PEXPIRE", KEYS[1], ARGV[5])
redis.call("HSET", KEYS[2], "record", ARGV[3], "expiresAt", ARGV[4])
redis.call("PEXPIRE", KEYS[2], ARGV[5])
`);

/** KEYS: login, token. ARGV: hash. */
export const find = toScript(`
local current = redis.call("HGET", KEYS[1], "current")
return current and { redis.call("HGET", KEYS[2], "record"), current == ARGV[1] and 0 or 1 }
`);

/**
 * A chain has one end: of its tokens `current` alone is unused, and a retry can only be one of
 * `previous`. With the next rotation both move on, and the old answer is overwritten.
 *
 * KEYS: login, presented token, successor. ARGV: presented hash, now, successor's hash, its record,
 * its expiresAt, its lifetime, sealed answer, replayUntil.
 */
export const rotate = toScript(`
local current, previous, answer, replayUntil = unpack(
  redis.call("HMGET", KEYS[1], "current", "previous", "answer", "replayUntil"))
local expiresAt = tonumber(redis.call("HGET", KEYS[2], "expiresAt") or 0)
local asked = tonumber(ARGV[2])
if not current or expiresAt <= asked then return { "gone" } end
if ARGV[1] == current then
  redis.call("HSET", KEYS[1], "current", ARGV[3], "previous", ARGV[1], "answer", ARGV[7],
    "replayUntil", ARGV[8])
  redis.call("PEXPIRE", KEYS[1], ARGV[6], "GT")
  redis.call("HSET", KEYS[3], "record", ARGV[4], "expiresAt", ARGV[5])
  redis.call("PEXPIRE", KEYS[3], ARGV[6])
  return { "rotated" }
end
if ARGV[1] == previous and asked < tonumber(replayUntil) then return { "replayed", answer } end
redis.call("DEL", KEYS[1])
return { "reused" }
`);

/** KEYS: login. Ends it, and tells its subject. */
export const end = toScript(`
local subject = redis.call("HGET", KEYS[1], "subject")
redis.call("DEL", KEYS[1])
return subject
`);

/** KEYS: a token's place. ARGV: the place, lifetime. */
export const place = toScript(`redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])`);
export const read = toScript(`return redis.call("GET", KEYS[1])`);
export const exists = toScript(`return redis.call("EXISTS", KEYS[1])`);
export const drop = toScript(`redis.call("DEL", KEYS[1])`);

/** KEYS: a subject's list. ARGV: family, its end, now (both in seconds), lifetime. */
export const list = toScript(`
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", ARGV[3])
redis.call("ZADD", KEYS[1], ARGV[2], ARGV[1])
if redis.call("PTTL", KEYS[1]) < tonumber(ARGV[4]) then
  redis.call("PEXPIRE", KEYS[1], ARGV[4])
end
`);
export const listed = toScript(`return redis.call("ZRANGE", KEYS[1], 0, -1)`);
export const isListed = toScript(`
return redis.call("ZSCORE", KEYS[1], ARGV[1]) and 1 or 0
`);
export const unlist = toScript(`redis.call("ZREM", KEYS[1], ARGV[1])`);
